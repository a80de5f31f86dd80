// How are files handed to an app in a modal?
import { announce, fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { sizeWords } from '../files.js';

const MAX_BYTES = 10 * 1024 * 1024;

/** Files are uploaded as soon as they are chosen; the value is the list of their ids. */
export function fileInput(slot) {
  return new FileInput(slot).node;
}

class FileInput {
  constructor(slot) {
    this.slot = slot;
    this.max = slot.element.max_files ?? 10;
    this.types = slot.element.filetypes ?? [];
    this.files = slot.env.surface.filesOf(slot.value([]));
    this.shown = h('ul.file-list');
    this.problem = h('p.field-problem', { role: 'alert', hidden: true });
    this.drop = this.#dropZone();
    this.node = h('div.file-input', null, this.shown, this.drop, this.problem);
    this.#draw();
  }

  #dropZone() {
    const chooser = h('input.sr-only', {
      type: 'file',
      multiple: this.max > 1,
      accept: this.types.map((type) => `.${type}`).join(','),
      ...this.slot.attributes('Add files'),
      onchange: () => {
        this.#add([...chooser.files]);
        chooser.value = '';
      },
    });
    const over = (yes) => (event) => {
      event.preventDefault();
      zone.classList.toggle('over', yes);
    };
    const ondrop = (event) => {
      over(false)(event);
      this.#add([...event.dataTransfer.files]);
    };
    const words = this.max > 1 ? `Add files (up to ${this.max})` : 'Add a file';
    const zone = h(
      'label.drop-zone',
      { ondragover: over(true), ondragleave: over(false), ondrop },
      chooser,
      icon('plus', 18),
      h('span', null, words),
    );
    return zone;
  }

  #draw() {
    fill(
      this.shown,
      this.files.map((file) =>
        h(
          'li',
          null,
          icon('file', 18),
          h('span', null, file.name),
          h('small', null, sizeWords(file.size)),
          this.#remove(file),
        ),
      ),
    );
    this.drop.hidden = this.files.length >= this.max;
  }

  #remove(file) {
    const onclick = () => this.#keep(this.files.filter(({ id }) => id !== file.id));
    return h('button.icon-button', { type: 'button', 'aria-label': `Remove ${file.name}`, onclick }, icon('close', 14));
  }

  #keep(files) {
    this.files = files;
    this.slot.choose(files.map(({ id }) => id));
    this.#draw();
  }

  async #add(chosen) {
    this.#say(this.#refusal(chosen));
    if (!this.problem.hidden || !chosen.length) return;
    this.drop.setAttribute('aria-busy', 'true');
    try {
      this.#keep([...this.files, ...(await this.slot.env.surface.upload(chosen))]);
      announce(`${chosen.length} uploaded`);
    } catch (error) {
      this.#say(error.message);
    } finally {
      this.drop.removeAttribute('aria-busy');
    }
  }

  #say(text) {
    this.problem.textContent = text;
    this.problem.hidden = !text;
  }

  /** Why these files are not taken, or ''. */
  #refusal(files) {
    if (files.length > this.max - this.files.length) {
      return `You can add at most ${this.max} ${this.max === 1 ? 'file' : 'files'}.`;
    }
    const large = files.find(({ size }) => size > MAX_BYTES);
    if (large) return `${large.name} is larger than 10 MB.`;
    const wrong = files.find(
      ({ name }) => this.types.length && !this.types.includes(name.split('.').pop().toLowerCase()),
    );
    return wrong ? `${wrong.name} is not one of these types: ${this.types.join(', ')}.` : '';
  }
}
