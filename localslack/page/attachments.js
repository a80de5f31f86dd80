// What do (secondary) attachments of a message look like?
import { h } from './dom.js';
import { momentOf } from './dates.js';
import { mrkdwn, plain } from './mrkdwn.js';
import { outsideLink } from './mentions.js';
import { renderBlocks } from './blocks/render.js';
import { picture } from './blocks/pictures.js';

const COLOURS = { good: '#2eb886', warning: '#daa038', danger: '#a30200' };

/** `surfaceFor(index)` is the surface of the elements inside one attachment. */
export function attachments(message, env, surfaceFor) {
  return (message.attachments ?? []).map((attachment, index) => {
    const node = h(
      'div.attachment',
      null,
      attachment.blocks?.length
        ? renderBlocks(attachment.blocks, { ...env, surface: surfaceFor(index) })
        : classic(attachment, env),
      (attachment.files ?? []).map((file) => h('div.attachment-foot', null, file.name)),
    );
    const colour = COLOURS[attachment.color] ?? attachment.color;
    if (/^#?[0-9a-f]{6}$/i.test(colour ?? ''))
      node.style.setProperty('--bar', colour.startsWith('#') ? colour : `#${colour}`);
    return [attachment.pretext ? h('div', null, mrkdwn(attachment.pretext, env)) : null, node];
  });
}

function classic(attachment, env) {
  const {
    author_name: author,
    author_link: authorLink,
    title,
    title_link: link,
    text,
    fields,
    image_url: image,
    thumb_url: thumb,
    footer,
    ts,
    fallback,
  } = attachment;
  return [
    author ? h('div.attachment-author', null, authorLink ? outsideLink(authorLink, author, env) : author) : null,
    title ? h('div.attachment-title', null, link ? outsideLink(link, plain(title), env) : plain(title)) : null,
    text ? h('div', null, mrkdwn(text, env)) : null,
    fields?.length
      ? h(
          'dl.attachment-fields',
          null,
          fields.map((field) =>
            h(
              `div${field.short ? '.short' : ''}`,
              null,
              h('dt', null, plain(field.title)),
              h('dd', null, mrkdwn(field.value, env)),
            ),
          ),
        )
      : null,
    image || thumb ? picture(image || thumb, fallback ?? title) : null,
    !author && !title && !text && !fields?.length && fallback ? h('div', null, plain(fallback)) : null,
    footer || ts
      ? h(
          'div.attachment-foot',
          null,
          [footer, ts ? env.calendar.full(momentOf(ts)) : null].filter(Boolean).join(' | '),
        )
      : null,
  ];
}
