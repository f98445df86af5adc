/** The light page: nothing but a stage that watches a run. What to show stands in the page as JSON. */
const { module, theme, ...data } = JSON.parse(document.getElementById('what').textContent);

if (theme) document.documentElement.dataset.theme = theme;
const { mount } = await import(new URL(module, import.meta.url).href);
mount(document.getElementById('stage'), { ...data, watch: true });
