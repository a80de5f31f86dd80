// What stands behind the elements of one message, modal or Home: their values, and the way to the app?
import { FormValues } from './blocks/slot.js';

const NOT_HEARD = 'This app did not respond. Try again?';

export class Surface {
  /** `container` names the place for the control interface; `warn(text)` shows a failure beside it ('' takes it away). */
  constructor(api, container, { warn = () => {}, values = new FormValues(), currentChannel = null } = {}) {
    Object.assign(this, { api, container, warn, values, currentChannel });
    this.problems = {};
    this.files = new Map();
  }

  /** Sends block_actions; a failure is shown and not thrown. */
  async act(blockId, element, value) {
    this.warn('');
    const values = this.values.collect();
    try {
      const answer = await this.api.act('action', {
        container: this.container,
        block_id: blockId,
        action_id: element.action_id,
        ...(value === null ? {} : { value }),
        values,
        ...(this.container.type === 'view' ? { may_be_late: true } : {}),
      });
      if (!['ack', 'late'].includes(answer.outcome)) this.warn(answer.message || NOT_HEARD);
    } catch (problem) {
      this.warn(problem.message);
    }
  }

  suggest(blockId, element, query) {
    return this.api.act('options', {
      container: this.container,
      block_id: blockId,
      action_id: element.action_id,
      query,
    });
  }

  async upload(files) {
    const { files: uploaded } = await this.api.upload(files);
    for (const file of uploaded) this.files.set(file.id, file);
    return uploaded;
  }

  /** The files of a kept file_input value. */
  filesOf(ids) {
    return (ids ?? []).map((id) => this.files.get(id)).filter(Boolean);
  }

  /** A field's problem goes away once the field changes. */
  changed(blockId) {
    if (!this.problems[blockId]) return;
    delete this.problems[blockId];
    this.onsolved?.(blockId);
  }
}

/** The first problem of a form's fields, in the order of its blocks. */
export function firstProblem(blocks, problems) {
  return blocks.find(({ block_id: id }) => problems[id])?.block_id;
}
