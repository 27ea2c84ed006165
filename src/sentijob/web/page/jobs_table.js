export default {
  template: `
    <div class="jobs" :aria-busy="rows === null">
      <p v-if="problem" class="callout bad" role="alert">{{ problem }}</p>
      <template v-else-if="rows && !rows.length">
        <p v-if="isFiltered || page > 1" class="empty">No job matches. Clear the filters to see all.</p>
        <p v-else class="empty">
          No jobs yet. Write a text under <a href="#submit">Submit</a>, drop a file there, or run
          <code>sentijob submit "what a day"</code>.
        </p>
      </template>
      <table v-else-if="rows">
        <caption class="hidden">Jobs, the newest first</caption>
        <thead>
          <tr>
            <th scope="col" class="text">Text</th><th scope="col" class="result">Result</th>
            <th scope="col" class="number">Score</th><th scope="col" class="model">Model</th>
            <th scope="col" class="batch">Batch</th><th scope="col" class="time">Created</th>
          </tr>
        </thead>
        <tbody>
          <tr v-for="row in rows" :key="row.uuid">
            <td class="text">
              <a :href="row.href" @click="open($event, row.uuid)">
                <template v-if="row.text !== null">{{ row.text }}</template>
                <em v-else>text not stored</em>
              </a>
            </td>
            <td class="result">
              <span v-if="row.label" class="label" :class="row.label">{{ row.label }}</span>
              <span v-else class="status" :class="row.status" :title="row.error">{{ row.status }}</span>
            </td>
            <td class="number">{{ row.score }}</td>
            <td class="model">{{ row.model }}</td>
            <td class="batch">{{ row.batch }}</td>
            <td class="time">{{ time(row.created) }}</td>
          </tr>
        </tbody>
      </table>
      <p v-else class="empty">Looking …</p>
      <nav v-if="rows && (page > 1 || hasMore)" class="pages" aria-label="Pages of jobs">
        <button type="button" class="quiet" :disabled="page === 1" @click="$emit('page', page - 1)">Newer</button>
        <span aria-live="polite">{{ place }}</span>
        <button type="button" class="quiet" :disabled="!hasMore" @click="$emit('page', page + 1)">Older</button>
      </nav>
    </div>
  `,
  props: ["rows", "page", "size", "hasMore", "total", "isFiltered", "problem"],
  emits: ["open", "page"],
  computed: {
    place() {
      const first = (this.page - 1) * this.size + 1;
      const range = `${first.toLocaleString()} to ${(first + this.rows.length - 1).toLocaleString()}`;
      return this.total === null ? `${range}, page ${this.page}` : `${range} of ${this.total.toLocaleString()}`;
    },
  },
  methods: {
    time: (iso) => window.sentijob.time(iso),
    open(event, uuid) {
      window.sentijob.follow(event, () => this.$emit("open", uuid));
    },
  },
};
