/** The words and numbers of a sweep: status, sentence, names of the members, chips of z. */
import { text } from '../../controls.js';
import { miss } from './poses.js';
import { familiesOf } from './members.js';
import { fillCheck } from './check.js';

const COLLAPSED = 0.33; // of the exact spread
const SHRUNK = 0.9;
const FAR = 0.15;

export class Teller {
  /** @param {import('./stage.js').Sweep} stage */
  constructor(stage) {
    this.stage = stage;
    this.get = (selector) => stage.root.querySelector(selector);
  }

  nameOf({ value }) {
    const { kind, words } = this.stage;
    return words.say(`${kind}_member`, { value: words.number(value, value % 1 ? 2 : 0) });
  }

  longName(member) {
    return `${this.nameOf(member)}, ${this.stage.words.say(`family_${member.family}`)}`;
  }

  tell() {
    const { stage } = this;
    const { words: { say, number }, members, shown, chosen, switches, status, role, frozen } = stage;
    for (const button of stage.root.querySelectorAll('[data-switch]')) button.setAttribute('aria-pressed', switches[button.dataset.switch]);
    const steps = stage.step ? say('steps', { step: number(stage.step, 0), rate: number(status === 'training' ? stage.rate : 0, 0) }) : '';
    text(this.get('.sw-status'), [say(`status_${status}`), steps].filter(Boolean).join(' · '));
    const play = this.get('.sw-play');
    play.hidden = role !== 'owner' || !['training', 'paused'].includes(status);
    text(play, say(status === 'training' ? 'pause' : 'play'));
    this.legend(say);
    const hint = !stage.touched && status === 'idle' && shown.length ? say('hint') : '';
    text(this.get('.sw-sentence'), `${this.sentence()} ${hint}`.trim());
    if (!members.length) return;
    text(this.get('.sw-chosen'), this.longName(members[chosen]));
    stage.pictures.cards.forEach((card, group) => {
      const e = stage.face(group);
      card.setAttribute('aria-checked', e === chosen);
      card.tabIndex = e === chosen ? 0 : -1;
      card.dataset.frozen = String(e in frozen);
      text(card.querySelector('b'), this.nameOf(members[e]));
      card.title = this.longName(members[e]);
      card.setAttribute('aria-label', card.title);
      const one = shown[e];
      text(card.querySelector('small'), e in frozen ? say('frozen') : one ? this.numbers(one) : '');
    });
    const one = shown[chosen];
    text(this.get('.sw-numbers'), one ? this.numbers(one, true) : '');
    text(this.get('.sw-arms'), stage.drawn < stage.most ? say('fewer', { count: number(stage.drawn, 0), all: number(stage.most, 0) }) : '');
    text(this.get('.sw-check p'), say('check_text', { arms: number(stage.drawn ?? stage.count, 0) }));
    if (shown.length && this.get('.sw-check').open) fillCheck(this.get('.sw-check table'), stage, (e) => this.longName(members[e]));
    this.chips(members[chosen].latent, one?.influence);
  }

  numbers(one, long = false) {
    const { say, number } = this.stage.words;
    return say(long ? 'numbers_long' : 'numbers', { l2: number(one.l2, 3), share: number(one.share, 2) });
  }

  sentence() {
    const { stage } = this;
    const { words: { say, number }, shown, chosen, kind, members } = stage;
    const away = stage.target[0] - stage.reach()[0];
    if (stage.message) return stage.message;
    if (away) return say('out_of_reach', { by: number(Math.abs(away), 2) });
    const one = shown[chosen];
    if (!one) return say(['queued', 'training'].includes(stage.status) ? 'beginning' : 'hint');
    if (stage.switches.mean) return say('mean_misses', { by: number(miss(one.mean, 0, one.target), 2) });
    const values = { share: number(100 * one.share, 0), l2: number(one.l2, 2) };
    const { latent, family } = members[chosen];
    if (one.l2 > FAR && ['queued', 'training', 'paused'].includes(stage.status)) return say('learning', values);
    if (kind === 'prior_weight') {
      if (one.share < COLLAPSED) return say('collapsed', values);
      if (one.l2 > FAR && family === 'uniform') return say('missed', values);
      return say(one.share < SHRUNK ? 'shrinking' : 'bayes', values);
    }
    return say(latent < 2 ? 'too_few' : latent > 2 ? 'too_many' : 'enough', values);
  }

  legend(say) {
    const families = familiesOf(this.stage.kind);
    const box = this.get('.sw-legend');
    const key = families.map((family) => say(`family_${family}`)).join();
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    box.replaceChildren(...families.map((family) => {
      const node = document.createElement('span');
      node.dataset.family = family;
      node.textContent = say(`family_${family}`);
      return node;
    }));
  }

  /** One chip a number of z: its influence as a bar, pressed while it is on. */
  chips(latent, influence) {
    const { stage } = this;
    const box = this.get('.sw-chips');
    if (box.children.length !== latent) {
      box.replaceChildren(...Array.from({ length: latent }, (_, k) => {
        const chip = document.createElement('button');
        chip.type = 'button';
        chip.dataset.z = k;
        chip.innerHTML = `<i></i>z<sub>${k + 1}</sub>`;
        return chip;
      }));
    }
    [...box.children].forEach((chip, k) => {
      chip.setAttribute('aria-pressed', !stage.off.has(k));
      const strength = influence?.[k] ?? 0;
      chip.querySelector('i').style.width = `${Math.min(100, 100 * strength)}%`;
      chip.title = stage.words.say('chip_title', { strength: stage.words.number(strength, 2) });
    });
  }
}
