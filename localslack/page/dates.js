// What does a moment look like to the person who reads it? All in their time zone, by Intl.

const formatters = new Map();

/** Making one takes longer than drawing a message, so each is made once. */
function formatter(locale, options) {
  const key = locale + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(locale, options));
  return formatters.get(key);
}

/** Formats moments for one reader; `now` is the local Slack's clock in epoch milliseconds. */
export class Calendar {
  constructor({ tz, locale, now }) {
    this.tz = tz || Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.locale = locale || navigator.language || 'en-US';
    this.now = now ?? (() => Date.now());
  }

  #format(moment, options) {
    return formatter(this.locale, { timeZone: this.tz, ...options }).format(moment);
  }

  /** '11:02', or '11:02 AM' where that is how the reader's language and zone have it. */
  time(moment) {
    return this.#format(moment, { ...this.#clock, minute: '2-digit' });
  }

  timeWithSeconds(moment) {
    return this.#format(moment, { ...this.#clock, minute: '2-digit', second: '2-digit' });
  }

  /** Slack lets people choose; here whoever lives in Europe reads 24 hours, whatever the browser's language is. */
  get #clock() {
    return /^(Europe|Atlantic|Arctic)\//.test(this.tz) ? { hour: '2-digit', hourCycle: 'h23' } : { hour: 'numeric' };
  }

  /** '11:02:07.250' */
  timeWithMilliseconds(moment) {
    return this.#format(moment, {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      hourCycle: 'h23',
    });
  }

  /** 'Monday, 23 November 2026' */
  longDate(moment) {
    return this.#format(moment, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  }

  date(moment) {
    return this.#format(moment, { day: 'numeric', month: 'long', year: 'numeric' });
  }

  shortDate(moment) {
    return this.#format(moment, { day: 'numeric', month: 'short', year: 'numeric' });
  }

  full(moment) {
    return `${this.shortDate(moment)} at ${this.timeWithSeconds(moment)}`;
  }

  /** 'YYYY-MM-DD' in the reader's zone: equal for moments of one day. */
  day(moment) {
    return wallParts(moment, this.tz).date;
  }

  /** 'Today', 'Yesterday', 'Tomorrow', or what `otherwise` makes of the moment. */
  relativeDay(moment, otherwise = (value) => this.longDate(value)) {
    const away = Math.round((Date.parse(this.day(moment)) - Date.parse(this.day(this.now()))) / 86_400_000);
    return { [-1]: 'Yesterday', 0: 'Today', 1: 'Tomorrow' }[away] ?? otherwise(moment);
  }

  /** '3 minutes ago', 'in 2 days' */
  ago(moment, locale = this.locale.startsWith('en') ? this.locale : 'en') {
    const seconds = (moment - this.now()) / 1000;
    const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    for (const [unit, size] of [
      ['day', 86_400],
      ['hour', 3600],
      ['minute', 60],
    ]) {
      if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
    }
    return locale.startsWith('en') ? 'just now' : words.format(0, 'second');
  }

  /** Fills Slack's `{date_short_pretty} {time}` placeholders of a `<!date^…>` token. */
  fillDateToken(format, moment) {
    return format.replace(/\{(\w+)\}/g, (whole, name) => this.#placeholder(name, moment) ?? whole);
  }

  #placeholder(name, moment) {
    const relative = new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' });
    const days = { Today: 0, Yesterday: -1, Tomorrow: 1 };
    const pretty = (otherwise) => {
      const day = this.relativeDay(moment, otherwise);
      return day in days ? relative.format(days[day], 'day') : day;
    };
    return {
      date_num: () => this.day(moment),
      date: () => this.date(moment),
      date_slash: () => this.#format(moment, { year: 'numeric', month: '2-digit', day: '2-digit' }),
      date_short: () => this.shortDate(moment),
      date_long: () => this.longDate(moment),
      date_pretty: () => pretty((value) => this.date(value)),
      date_short_pretty: () => pretty((value) => this.shortDate(value)),
      date_long_pretty: () => pretty((value) => this.longDate(value)),
      day_divider_pretty: () => pretty((value) => this.longDate(value)),
      time: () => this.time(moment),
      time_secs: () => this.timeWithSeconds(moment),
      ago: () => this.ago(moment, this.locale),
    }[name]?.();
  }
}

/** A Slack ts ('1700000000.000100') as epoch milliseconds. */
export function momentOf(ts) {
  return Math.floor(Number(ts) * 1000);
}

/** Date and time on the wall of a zone: { date: 'YYYY-MM-DD', time: 'HH:MM' }. */
export function wallParts(moment, tz) {
  const parts = formatter('en-CA', {
    timeZone: tz,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(moment);
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { date: `${of.year}-${of.month}-${of.day}`, time: `${of.hour}:${of.minute}`, seconds: of.second };
}

/** Epoch milliseconds as the value of an <input type="datetime-local"> in a zone. */
export function toWall(moment, tz) {
  const { date, time } = wallParts(moment, tz);
  return `${date}T${time}`;
}

/** The other way; where the clock skips or repeats an hour, the zone's later offset wins. */
export function fromWall(wall, tz) {
  const asUtc = Date.parse(`${wall}Z`);
  const guess = asUtc - offsetAt(asUtc, tz);
  return asUtc - offsetAt(guess, tz);
}

function offsetAt(moment, tz) {
  const { date, time, seconds } = wallParts(moment, tz);
  return Date.parse(`${date}T${time}:${seconds}Z`) - Math.floor(moment / 1000) * 1000;
}
