// How is a stranger's HTML shown safely? In a sandboxed frame without scripts, with only its own styles brought along.
import { h } from './dom.js';

/**
 * The frame inherits the page's policy, which blocks scripts, forms, remote pictures and inline styles. Styles are
 * therefore given through the CSS object model after loading, so that the mail looks as it does in a mail program.
 */
export function mailFrame(html) {
  const frame = h('iframe.mail-frame', { sandbox: 'allow-same-origin allow-popups', title: 'Mail as HTML' });
  const wanted = new DOMParser().parseFromString(html, 'text/html');
  for (const link of wanted.querySelectorAll('a[href]')) link.setAttribute('target', '_blank');
  const styles = [...wanted.querySelectorAll('style')].map((style) => style.textContent).join('\n');
  for (const node of wanted.querySelectorAll('script, style, link, meta, base, iframe, object, embed, form'))
    node.remove();
  const inline = [...wanted.querySelectorAll('[style]')].map((node) => node.getAttribute('style'));
  for (const node of wanted.querySelectorAll('[style]')) {
    node.dataset.styled = '';
    node.removeAttribute('style');
  }
  frame.addEventListener('load', () => dress(frame, styles, inline));
  frame.srcdoc = wanted.documentElement.outerHTML;
  return frame;
}

function dress(frame, styles, inline) {
  const inside = frame.contentDocument;
  if (!inside) return;
  const sheet = new frame.contentWindow.CSSStyleSheet();
  sheet.replaceSync(
    `body { font: 15px/1.5 system-ui, sans-serif; margin: 16px; color: #1d1c1d; background: #fff; overflow-wrap: anywhere }\n${styles}`,
  );
  inside.adoptedStyleSheets = [sheet];
  inside.querySelectorAll('[data-styled]').forEach((node, index) => {
    node.style.cssText = inline[index] ?? '';
  });
  frame.style.height = `${Math.max(200, inside.documentElement.scrollHeight + 8)}px`;
}
