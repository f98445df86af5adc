"""A room in the real app: a presenter, a viewer on the light page, one on the lab's own page."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from inn_core.specs_inverse import InverseSpec
from tests.browser.conftest import NewPage
from tests.live.sockets import new_run
from tests.live.support import Lab

STAGE = "window.pushforward.stages[0]"
PHONE = {"viewport": {"width": 400, "height": 860}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


def until(page: Page, condition: str) -> None:
    page.wait_for_function(
        f"() => {{ const s = window.pushforward?.stages[0]; return s && ({condition}); }}",
        timeout=30_000,
    )


def get(page: Page, name: str) -> object:
    return page.evaluate(f"{STAGE}.{name}")


def test_viewers_follow_let_go_and_come_back(server: Lab, new_page: NewPage) -> None:
    presenter = new_page(**DESK)
    presenter.goto(server.url)
    until(presenter, "s.points > 0 && s.extras")
    presenter.get_by_role("button", name="Train").first.click()
    until(presenter, "s.run && s.status === 'training' && s.step > 150")
    run = get(presenter, "run")
    phone, desk = new_page(**PHONE), new_page(**DESK)
    phone.goto(f"{server.url}/watch/{run}?lang=en&theme=dark")
    desk.goto(f"{server.url}/?run={run}")
    viewers = (phone, desk)
    for page in viewers:
        until(page, f"s.run === {run!r} && s.points > 0 && s.following")

    # Depth: the presenter's filmstrip moves everybody's.
    strip = presenter.locator(".pf-strip")
    strip.focus()
    strip.press("Home")
    for page in viewers:
        until(page, "s.layerPosition === 0")
    strip.press("PageUp")
    strip.press("PageUp")
    for page in viewers:
        until(page, "s.layerPosition === 2")

    # Time: the presenter goes back in the run, and to the present again.
    # Viewers get every other frame or fewer: theirs is the one next to the presenter's.
    present = get(presenter, "step")
    for _ in range(25):
        presenter.keyboard.press(",")
    until(presenter, "!s.live && s.still")
    step = get(presenter, "step")
    assert isinstance(present, int) and isinstance(step, int) and present - step > 50
    for page in viewers:
        until(page, f"!s.live && Math.abs(s.step - {step}) < {(present - step) / 3}")
    presenter.get_by_role("button", name="Back to live").click()
    for page in viewers:
        until(page, f"s.live && s.step > {step}")

    # Probe: pinned in the latent room.
    box = presenter.locator("[data-room=latent] .pf-box").bounding_box()
    assert box is not None
    presenter.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    until(presenter, "s.probe?.pinned")
    at = presenter.evaluate(f"{STAGE}.probe.point")
    away = " + ".join(f"Math.abs(s.probe.point[{axis}] - {at[axis]})" for axis in (0, 1))
    for page in viewers:
        until(page, f"s.probe?.pinned && {away} < 1e-3")

    # Letting go: a viewer's own depth stays, the presenter's next move does not reach it.
    for page in viewers:
        own = page.locator(".pf-strip")
        own.focus()
        own.press("Home")
        until(page, "s.layerPosition === 0 && !s.following")
    strip.focus()
    strip.press("PageUp")
    until(presenter, "s.layerPosition === 3")
    for page in viewers:
        back = page.get_by_role("button", name="Back to the presenter")
        expect(back).to_be_visible()
        assert get(page, "layerPosition") == 0
        back.click()
        until(page, "s.following && s.layerPosition === 3")
        expect(back).to_be_hidden()
    assert get(presenter, "following") is False

    # Presenter mode: its scenes are what everybody sees.
    presenter.keyboard.press("p")
    expect(presenter.locator(".pf-head")).to_be_visible()
    assert presenter.evaluate(
        "[9, 99, 400].every((y) => document.elementFromPoint(innerWidth - 9, y).shadowRoot)"
    ), "nothing of the page around is left to see"
    for page in viewers:
        until(page, "s.following && s.layerPosition === 0 && s.probe === null")
    presenter.keyboard.press("Escape")
    expect(presenter.locator(".pf-head")).to_be_hidden()

    # The next run: everybody goes on with the presenter.
    presenter.get_by_role("button", name="Reset", exact=True).click()
    until(presenter, f"s.run !== {run!r} && s.status === 'training'")
    following = get(presenter, "run")
    for page in viewers:
        until(page, f"s.run === {following!r} && s.following")
    desk.wait_for_function(f"() => location.search.includes({following!r})")


def test_viewers_follow_the_hand_of_an_arm(
    server: Lab, new_page: NewPage, chromium: Browser
) -> None:
    run, owner = new_run(server, InverseSpec())
    phone = new_page(**PHONE)
    # Streamlit's own probing of deep links fails loudly: this page's console is not asked.
    presenter = chromium.new_page(viewport={"width": 1280, "height": 900})
    presenter.add_init_script(f"localStorage['pushforward.owner.{run}'] = '{owner}'")
    presenter.goto(f"{server.url}/inverse_problems?run={run}")
    phone.goto(f"{server.url}/watch/{run}?theme=light")
    for page in (presenter, phone):
        until(page, f"s.run === {run!r} && s.arms > 0")
    until(phone, "s.following")
    arm = presenter.locator("[data-room=arm] canvas")
    arm.focus()
    for _ in range(4):
        arm.press("ArrowUp")
    target = get(presenter, "target")
    assert isinstance(target, list)
    until(phone, f"Math.abs(s.target[1] - {target[1]}) < 1e-3 && !s.playing")
    own = phone.locator("[data-room=arm] canvas")
    own.focus()
    own.press("ArrowDown")
    until(phone, "!s.following")
    arm.press("ArrowUp")
    assert get(phone, "target") != get(presenter, "target")
    phone.get_by_role("button", name="Back to the presenter").click()
    height = presenter.evaluate(f"{STAGE}.target[1]")
    until(phone, f"s.following && Math.abs(s.target[1] - {height}) < 1e-3")
    presenter.close()
