// Which line drawings does the page use, and how are they drawn without markup strings?

const NS = 'http://www.w3.org/2000/svg';

/** 20×20 stroke paths, drawn for this page. */
const PATHS = {
  hash: ['M7.5 3 6 17', 'M14 3l-1.5 14', 'M3.5 7.5h13.5', 'M3 12.5h13.5'],
  lock: ['M5 9h10v7.5H5z', 'M7 9V6.5a3 3 0 0 1 6 0V9'],
  home: ['M3 9.5 10 3.5l7 6V16.5h-4.5v-4.5h-5v4.5H3z'],
  mail: ['M3 5h14v10.5H3z', 'M3 5.5l7 5.5 7-5.5'],
  traffic: ['M3.5 7h12', 'M12.5 4l3 3-3 3', 'M16.5 13h-12', 'M7.5 10l-3 3 3 3'],
  clock: ['M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z', 'M10 6v4.2l2.8 1.8'],
  chevron: ['M5.5 8l4.5 4.5L14.5 8'],
  back: ['M12.5 4 6.5 10l6 6'],
  close: ['M5 5l10 10', 'M15 5 5 15'],
  more: ['M10 4.5v.01', 'M10 10v.01', 'M10 15.5v.01'],
  plus: ['M10 4v12', 'M4 10h12'],
  send: ['M3.5 3.5 17 10 3.5 16.5 5.5 10z', 'M5.5 10H11'],
  smile: ['M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z', 'M7.6 8v.3', 'M12.4 8v.3', 'M7 11.8c1.6 2.2 4.4 2.2 6 0'],
  at: ['M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0z', 'M13 7v4c0 2.3 4 2 4-1a7 7 0 1 0-3 5.7'],
  reply: ['M3.5 4.5h13v9h-6.5l-3.5 3v-3h-3z', 'M7 8h6', 'M7 10.5h4'],
  bolt: ['M11 3 5 11h4.5L9 17l6-8h-4.5z'],
  file: ['M5 3h6.5L15 6.5V17H5z', 'M11.5 3v3.5H15'],
  search: ['M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4z', 'M12.7 12.7 16.5 16.5'],
  link: ['M8.5 11.5l3-3', 'M9 6.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L13.5 11', 'M11 13.5 9.5 15A3.2 3.2 0 0 1 5 10.5L6.5 9'],
  pin: ['M7.5 3.5h5l-.8 5 2.8 3H5.5l2.8-3z', 'M10 11.5V17'],
  sun: [
    'M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
    'M10 2.5v1.5',
    'M10 16v1.5',
    'M2.5 10H4',
    'M16 10h1.5',
    'M4.7 4.7l1 1',
    'M14.3 14.3l1 1',
    'M4.7 15.3l1-1',
    'M14.3 5.7l1-1',
  ],
  moon: ['M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z'],
  check: ['M4.5 10.5l3.5 3.5 7.5-8'],
  alert: ['M10 3.5 17.5 16h-15z', 'M10 8v4', 'M10 14v.2'],
  eye: ['M2.5 10c3.5-6 11.5-6 15 0-3.5 6-11.5 6-15 0z', 'M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z'],
  trash: ['M4 6h12', 'M8 6V4h4v2', 'M5.5 6l.8 11h7.4l.8-11'],
  pencil: ['M4 16l1-4 8-8 3 3-8 8z'],
  bold: ['M6.5 4h4.5a2.8 2.8 0 0 1 0 5.7H6.5z', 'M6.5 9.7h5.2a3.1 3.1 0 0 1 0 6.3H6.5z'],
  italic: ['M8.5 4h5', 'M6.5 16h5', 'M11 4 9 16'],
  strike: ['M4 10h12', 'M13.5 6.5C12.5 3.3 6.5 3.6 6.7 7', 'M6.3 13c.9 4 7.6 3.6 7.2 0'],
  code: ['M7 6l-4 4 4 4', 'M13 6l4 4-4 4'],
  list: ['M7.5 5.5H17', 'M7.5 10H17', 'M7.5 14.5H17', 'M3.8 5.5v.01', 'M3.8 10v.01', 'M3.8 14.5v.01'],
  ordered: ['M8.5 5.5H17', 'M8.5 10H17', 'M8.5 14.5H17', 'M3.5 4.5 4.5 4v4', 'M3.3 12.5c1.8-1.2 2.4.5 0 3.5h2'],
  quote: ['M4 4v12', 'M8 6.5h8', 'M8 10h8', 'M8 13.5h5'],
  external: ['M11.5 3.5h5v5', 'M16.5 3.5l-7.5 7.5', 'M14 11.5v5H3.5V6h5'],
  apps: ['M3.5 3.5h5v5h-5z', 'M11.5 3.5h5v5h-5z', 'M3.5 11.5h5v5h-5z', 'M11.5 11.5h5v5h-5z'],
};

/** An icon that says nothing to screen readers; the control around it has the name. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(NS, 'svg');
  const attributes = {
    viewBox: '0 0 20 20',
    width: size,
    height: size,
    class: `icon icon-${name}`,
    'aria-hidden': 'true',
    focusable: 'false',
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const d of PATHS[name] ?? []) {
    const path = document.createElementNS(NS, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
