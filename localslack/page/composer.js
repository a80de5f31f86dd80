// How does a person write: text over several lines, mentions, emoji, slash commands, files?
import { announce, fill, h } from './dom.js';
import { Completion } from './completion.js';
import { emojiPicker } from './emoji_picker.js';
import { sizeWords } from './files.js';
import { icon } from './icons.js';
import { menu } from './popover.js';

const DRAFTS = new Map();
const MARKS = [
  ['bold', 'Bold', '*'],
  ['italic', 'Italic', '_'],
  ['strike', 'Strikethrough', '~'],
  ['code', 'Code', '`'],
];

/**
 * A composer. `onsend(text, files)` may refuse by throwing: the text then stays and the reason is shown.
 * `options`: { channel, thread?, label, text?, save?, oncancel?, draft?, withFiles?, broadcast? }
 */
export function composerFor(env, options) {
  return new Composer(env, options);
}

class Composer {
  constructor(env, options) {
    Object.assign(this, { env, options, files: [] });
    this.area = this.#textArea();
    this.pending = h('ul.pending-files', { 'aria-label': 'Files to send' });
    this.note = h('p.composer-note', { role: 'alert', hidden: true });
    this.send = this.#sendButton();
    this.also = options.broadcast ? h('input', { type: 'checkbox' }) : null;
    const drop = { ondragover: (event) => event.preventDefault(), ondrop: (event) => this.#dropped(event) };
    this.box = h('div.composer-box', drop, this.#formatting(), this.area, this.pending, this.#foot());
    const also = this.also ? h('label.also', null, this.also, options.broadcast) : null;
    this.node = h('div.composer', null, this.note, this.box, also);
    this.completion = new Completion(env, this.area, {
      commands: !options.save,
      inThread: Boolean(options.thread),
      run: (item) => this.#runShortcut(item),
    });
    this.#changed();
  }

  #textArea() {
    const { label, text, draft } = this.options;
    const area = h('textarea.composer-text', {
      rows: 1,
      'aria-label': label,
      placeholder: label,
      spellcheck: 'true',
      autocomplete: 'off',
      'aria-multiline': 'true',
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
      onpaste: (event) => this.#pasted(event),
    });
    area.value = text ?? DRAFTS.get(draft) ?? '';
    return area;
  }

  #sendButton() {
    const { save } = this.options;
    const name = save ? 'Save changes' : 'Send now';
    const onclick = () => this.submit();
    return h(
      'button.send',
      { type: 'button', 'aria-label': name, title: `${name} (Enter)`, onclick },
      save ?? icon('send', 18),
    );
  }

  focus() {
    this.#changed(); // only now its height can be measured
    this.area.focus();
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  #formatting() {
    const mark = ([name, label, sign]) => tool(name, label, () => this.#wrap(sign));
    return h(
      'div.composer-tools',
      { role: 'toolbar', 'aria-label': 'Formatting' },
      MARKS.map(mark),
      tool('quote', 'Blockquote', () => this.#prefix('> ')),
      tool('list', 'Bulleted list', () => this.#prefix('• ')),
    );
  }

  #foot() {
    const { options } = this;
    const chooser = h('input', {
      type: 'file',
      multiple: true,
      hidden: true,
      'aria-label': 'Choose files',
      onchange: () => {
        this.#attach([...chooser.files]);
        chooser.value = '';
      },
    });
    const plus = tool('plus', 'Attach files or run a shortcut', () =>
      menu(plus, this.#plusItems(chooser), { label: 'Attach', align: 'start' }),
    );
    const smile = tool('smile', 'Emoji', () => emojiPicker(smile, (name) => this.insert(`:${name}: `)));
    const cancel = options.oncancel
      ? h('button.btn.small', { type: 'button', onclick: options.oncancel }, 'Cancel')
      : null;
    return h(
      'div.composer-foot',
      null,
      options.save ? null : [plus, chooser],
      smile,
      tool('at', 'Mention someone', () => this.insert('@')),
      options.save
        ? null
        : tool('bolt', 'Slash commands and shortcuts', () => {
            if (!this.area.value) this.insert('/');
            else this.area.focus();
          }),
      h('span.spring'),
      cancel,
      this.send,
    );
  }

  #plusItems(chooser) {
    const shortcuts = this.env.directory.apps.flatMap((app) =>
      app.shortcuts
        .filter(({ type }) => type === 'global')
        .map((shortcut) => ({
          label: shortcut.name,
          description: shortcut.description || app.name,
          icon: icon('bolt', 18),
          onpick: () => this.#runShortcut({ app, shortcut }),
        })),
    );
    return [
      { label: 'Upload from your computer', icon: icon('file', 18), onpick: () => chooser.click() },
      ...(shortcuts.length ? ['divider', { heading: 'Shortcuts' }, ...shortcuts] : []),
    ];
  }

  #runShortcut({ app, shortcut }) {
    this.env.runShortcut('shortcut', { callback_id: shortcut.callback_id, app_id: app.id });
  }

  /** Puts text where the caret is. */
  insert(text) {
    this.area.focus();
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const glue = text === '@' && from && !/\s$/.test(value.slice(0, from)) ? ' ' : '';
    this.area.setRangeText(glue + text, from, to, 'end');
    this.area.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #wrap(sign) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    this.area.focus();
    this.area.setRangeText(`${sign}${value.slice(from, to)}${sign}`, from, to, 'end');
    if (from === to) this.area.setSelectionRange(from + 1, from + 1);
    this.#changed();
  }

  #prefix(sign) {
    const { selectionStart: from, selectionEnd: to, value } = this.area;
    const start = value.lastIndexOf('\n', from - 1) + 1;
    this.area.focus();
    this.area.setRangeText(value.slice(start, to).replace(/^/gm, sign), start, to, 'end');
    this.#changed();
  }

  #changed() {
    const { area, options } = this;
    if (options.draft) DRAFTS.set(options.draft, area.value);
    this.send.disabled = !area.value.trim() && !this.files.length;
    this.node?.classList.toggle('ready', !this.send.disabled);
    area.style.height = 'auto';
    if (area.value.includes('\n') || area.value.length > 60)
      area.style.height = `${Math.min(area.scrollHeight, options.save ? innerHeight * 0.6 : 280)}px`;
    this.completion?.update();
  }

  #key(event) {
    if (this.completion.key(event)) return;
    const newline =
      event.shiftKey || event.altKey || (matchMedia('(pointer: coarse)').matches && !event.ctrlKey && !event.metaKey);
    if (event.key === 'Enter' && !event.isComposing && !newline) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'Escape' && this.options.oncancel) {
      event.stopPropagation();
      this.options.oncancel();
    } else if (event.key === 'ArrowUp' && !this.area.value) {
      this.options.oneditlast?.(event);
    } else if ((event.ctrlKey || event.metaKey) && 'bi'.includes(event.key)) {
      event.preventDefault();
      this.#wrap(event.key === 'b' ? '*' : '_');
    }
  }

  #pasted(event) {
    const files = [...event.clipboardData.files];
    if (!files.length || !this.options.withFiles) return;
    event.preventDefault();
    this.#attach(files);
  }

  #dropped(event) {
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    event.preventDefault();
    this.#attach(files);
  }

  async #attach(chosen) {
    if (!chosen.length || !this.options.withFiles) return;
    this.say('');
    try {
      const { files } = await this.env.api.upload(chosen);
      this.files.push(...files);
      announce(`${files.length} attached`);
    } catch (problem) {
      this.say(problem.message);
    }
    this.#drawFiles();
    this.#changed();
  }

  #drawFiles() {
    const remove = (file) => () => {
      this.files = this.files.filter(({ id }) => id !== file.id);
      this.#drawFiles();
      this.#changed();
    };
    fill(
      this.pending,
      this.files.map((file) =>
        h(
          'li',
          null,
          /^image\//.test(file.mimetype) ? h('img', { src: this.env.fileUrl(file.id), alt: '' }) : icon('file', 22),
          h('span', null, file.name, ' ', h('small', null, sizeWords(file.size))),
          h(
            'button.icon-button',
            { type: 'button', 'aria-label': `Remove ${file.name}`, onclick: remove(file) },
            icon('close', 14),
          ),
        ),
      ),
    );
  }

  /** Shows a sentence above the box; '' takes it away. */
  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  async submit() {
    const text = this.area.value.trim();
    const { files } = this;
    if ((!text && !files.length) || this.busy) return;
    this.busy = true;
    this.say('');
    const typed = this.area.value;
    this.#reset('', []);
    try {
      await this.options.onsend(text, files, { broadcast: Boolean(this.also?.checked) });
      if (this.also) this.also.checked = false;
    } catch (problem) {
      if (!this.area.value) this.#reset(typed, files);
      this.say(problem.message);
    } finally {
      this.busy = false;
    }
  }

  #reset(text, files) {
    this.area.value = text;
    this.files = files;
    this.#drawFiles();
    this.#changed();
  }
}

function tool(name, label, onclick) {
  return h(
    'button.icon-button',
    { type: 'button', 'aria-label': label, title: label, onpointerdown: (event) => event.preventDefault(), onclick },
    icon(name, 18),
  );
}
