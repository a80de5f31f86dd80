// How are files handed to an app in a modal?
import { announce, fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { sizeWords } from '../files.js';

const MAX_BYTES = 10 * 1024 * 1024;

/** Files are uploaded as soon as they are chosen; the value is the list of their ids. */
export function fileInput(slot) {
  const { element, env } = slot;
  const max = element.max_files ?? 10;
  const types = element.filetypes ?? [];
  let files = env.surface.filesOf?.(slot.value([])) ?? [];
  const chooser = h('input.sr-only', { type: 'file', multiple: max > 1, accept: types.map((type) => `.${type}`).join(','), ...slot.attributes('Add files'), onchange: () => add([...chooser.files]) });
  const shown = h('ul.file-list');
  const problem = h('p.field-problem', { role: 'alert', hidden: true });
  const drop = h('label.drop-zone', {
    ondragover: (event) => { event.preventDefault(); drop.classList.add('over'); },
    ondragleave: () => drop.classList.remove('over'),
    ondrop: (event) => { event.preventDefault(); drop.classList.remove('over'); add([...event.dataTransfer.files]); },
  }, chooser, icon('plus', 18), h('span', null, max > 1 ? `Add files (up to ${max})` : 'Add a file'));

  const draw = () => {
    fill(shown, files.map((file) => h('li', null, icon('file', 18), h('span', null, file.name), h('small', null, sizeWords(file.size)), remove(file))));
    drop.hidden = files.length >= max;
  };
  const remove = (file) => h('button.icon-button', { type: 'button', 'aria-label': `Remove ${file.name}`, onclick: () => keep(files.filter(({ id }) => id !== file.id)) }, icon('close', 14));
  const keep = (list) => {
    files = list;
    slot.choose(files.map(({ id }) => id));
    draw();
  };
  const add = async (chosen) => {
    problem.textContent = refusal(chosen, { types, room: max - files.length, max });
    problem.hidden = !problem.textContent;
    chooser.value = '';
    if (problem.textContent || !chosen.length) return;
    drop.setAttribute('aria-busy', 'true');
    try {
      const uploaded = await env.surface.upload(chosen);
      keep([...files, ...uploaded]);
      announce(`${uploaded.length} uploaded`);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      drop.removeAttribute('aria-busy');
    }
  };
  draw();
  return h('div.file-input', null, shown, drop, problem);
}

/** Why these files are not taken, or ''. */
function refusal(files, { types, room, max }) {
  if (files.length > room) return `You can add at most ${max} ${max === 1 ? 'file' : 'files'}.`;
  const large = files.find(({ size }) => size > MAX_BYTES);
  if (large) return `${large.name} is larger than 10 MB.`;
  const wrong = files.find(({ name }) => types.length && !types.includes(name.split('.').pop().toLowerCase()));
  return wrong ? `${wrong.name} is not one of these types: ${types.join(', ')}.` : '';
}
