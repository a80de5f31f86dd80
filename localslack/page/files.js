// What does a shared file look like in a message?
import { h } from './dom.js';
import { icon } from './icons.js';

/** '12 KB' */
export function sizeWords(bytes) {
  if (!Number.isFinite(bytes)) return '';
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Pictures are shown, text begins to be read, everything else is a card to download. */
export function fileCard(file, env) {
  if (file.mode === 'tombstone') return h('div.file-card.gone', null, icon('trash'), 'This file was deleted.');
  const url = env.fileUrl(file.id);
  const name = file.title || file.name || file.id;
  if (/^image\/(png|jpe?g|gif|webp|bmp)$/.test(file.mimetype)) return picture(url, name, file, env);
  const card = h(
    'a.file-card',
    { href: `${url}?download=1`, download: file.name, data: { fileId: file.id } },
    h('span.file-icon', null, icon('file', 24)),
    h(
      'span.file-words',
      null,
      h('strong', null, name),
      h('small', null, [file.pretty_type || file.filetype, sizeWords(file.size)].filter(Boolean).join(' · ')),
    ),
  );
  return file.preview ? h('div.file-with-preview', null, card, h('pre.file-preview', null, file.preview)) : card;
}

function picture(url, name, file, env) {
  const open = h(
    'button.file-picture',
    {
      type: 'button',
      'aria-label': `Open ${name}`,
      data: { fileId: file.id },
      onclick: () => env.showPicture?.(url, name),
    },
    h('img', { src: url, alt: file.alt_txt || name, loading: 'lazy' }),
  );
  return h('figure.file-figure', null, h('figcaption', null, name), open);
}
