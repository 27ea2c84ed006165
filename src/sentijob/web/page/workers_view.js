export default {
  template: `
    <section class="card" aria-labelledby="workers-title">
      <h2 id="workers-title">Workers</h2>
      <p v-if="workers && !workers.length" class="empty">
        Nobody scores. Start a worker: <code>sentijob worker start</code>
      </p>
      <ul v-else-if="workers" class="workers">
        <li v-for="worker in workers" :key="worker.key">
          <div class="head">
            <span><span class="status" :class="worker.state">{{ worker.state }}</span> {{ worker.host }}, process {{ worker.pid }}</span>
          </div>
          <dl>
            <div><dt>Holds</dt><dd>{{ worker.holding }}</dd></div>
            <div><dt>Completed</dt><dd>{{ worker.completed }}</dd></div>
            <div><dt>Texts a second</dt><dd>{{ worker.rate }}</dd></div>
            <div><dt>Last seen</dt><dd>{{ worker.seen }}</dd></div>
            <div><dt>Up</dt><dd>{{ worker.up }}</dd></div>
            <div><dt>Serves</dt><dd>{{ worker.models }}</dd></div>
          </dl>
          <p v-if="worker.state === 'dead'" class="muted">Its jobs go back to the queue when another worker looks.</p>
          <p v-else-if="worker.state === 'silent'" class="muted">It is on another machine, and hasn't been heard for a lease.</p>
        </li>
      </ul>
    </section>
  `,
  props: ["workers"],
};
