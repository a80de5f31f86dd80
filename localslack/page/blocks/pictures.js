// Which pictures may the page show, and what stands in for the others?
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { plain } from '../mrkdwn.js';

/** An <img>; where it cannot be had (no network, or the page's policy) its words and a link stand in for it. */
export function picture(url, alt, { className = 'picture' } = {}) {
  if (!isPicture(url)) return standIn(url, alt, className);
  const image = h(`img.${className}`, {
    src: url,
    alt: alt ?? '',
    loading: 'lazy',
    onerror: () => image.replaceWith(standIn(url, alt, className)),
  });
  return image;
}

function standIn(url, alt, className) {
  if (className !== 'picture')
    return h(
      `span.${className}.stand-in`,
      { role: 'img', 'aria-label': alt ?? '', title: `${alt ?? ''} ${url ?? ''}` },
      initial(alt),
    );
  return h(
    'a.picture.stand-in',
    { href: /^https?:/.test(url ?? '') ? url : null, target: '_blank', rel: 'noopener noreferrer', title: url },
    icon('external', 18),
    h('span', null, alt || 'Image'),
    h('small', null, hostOf(url)),
  );
}

function isPicture(url) {
  return URL.canParse(url ?? '', location.href) && /^(https?|data|blob):$/.test(new URL(url, location.href).protocol);
}

function hostOf(url) {
  return URL.canParse(url ?? '') ? new URL(url).hostname : '';
}

function initial(alt) {
  return (alt ?? '').trim().slice(0, 1).toUpperCase() || '·';
}

/** image_url, or a file of this Slack by id or address. */
export function pictureOf(object, env, options) {
  const url = object.slack_file
    ? object.slack_file.id
      ? env.fileUrl(object.slack_file.id)
      : object.slack_file.url
    : object.image_url;
  return picture(url, object.alt_text, options);
}

export function imageBlock(block, env) {
  const title = block.title ? h('figcaption', null, plain(block.title.text)) : null;
  return h('figure.image-block', null, title, pictureOf(block, env));
}

/** A video is a link: nothing from elsewhere is embedded. */
export function videoBlock(block) {
  const link = block.title_url || block.video_url;
  return h(
    'div.video-block',
    null,
    block.author_name ? h('small', null, block.author_name) : null,
    h(
      'a',
      { href: /^https?:/.test(link ?? '') ? link : null, target: '_blank', rel: 'noopener noreferrer' },
      h('strong', null, plain(block.title?.text ?? block.alt_text)),
    ),
    block.description ? h('div', null, plain(block.description.text)) : null,
    picture(block.thumbnail_url, block.alt_text),
  );
}
