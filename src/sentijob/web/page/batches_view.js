export default {
  template: `
    <section class="card" aria-labelledby="batches-title">
      <h2 id="batches-title">Batches</h2>
      <p v-if="batches && !batches.length" class="empty">
        Texts submitted together are a batch: drop a file under Submit, or run <code>sentijob submit -f reviews.csv</code>.
      </p>
      <ul v-else-if="batches" class="batches">
        <li v-for="batch in batches" :key="batch.uuid">
          <div class="head">
            <a :href="'/?batch=' + batch.uuid" @click="pick($event, batch.uuid)">{{ batch.title }}</a>
            <span class="muted">{{ batch.state }}</span>
          </div>
          <div class="bar" role="progressbar" :aria-label="'Progress of ' + batch.title"
               aria-valuemin="0" :aria-valuemax="batch.total" :aria-valuenow="batch.finished" :aria-valuetext="batch.done">
            <span v-for="label in batch.labels" :key="label.name" :class="label.name" :style="{ width: label.width + '%' }"></span>
            <span class="failed" :style="{ width: (100 * batch.failed) / Math.max(batch.total, 1) + '%' }"></span>
          </div>
          <p class="muted told">
            <span>{{ batch.done }} ({{ batch.percent }})</span>
            <span v-if="batch.failed" class="bad">{{ batch.failed.toLocaleString() }} failed</span>
            <span v-if="batch.hasResults">{{ mix(batch) }}</span>
            <span>{{ batch.model }}, {{ time(batch.created) }}</span>
          </p>
          <div class="buttons small">
            <a v-if="batch.hasResults" class="button quiet" :href="'/batches/' + batch.uuid + '/results'" download
               :aria-label="'Results of ' + batch.title">Results</a>
            <button v-if="batch.canCancel" type="button" class="quiet" :aria-label="'Cancel ' + batch.title"
                    @click="$emit('cancel-batch', batch.uuid)">Cancel</button>
            <button v-if="batch.canRetry" type="button" class="quiet" :aria-label="'Retry ' + batch.title"
                    @click="$emit('retry-batch', batch.uuid)">Retry</button>
          </div>
        </li>
      </ul>
    </section>
  `,
  props: ["batches"],
  emits: ["pick", "cancel-batch", "retry-batch"],
  methods: {
    time: (iso) => window.sentijob.time(iso),
    mix: (batch) => batch.labels.map((label) => `${label.share} ${label.name}`).join(", "),
    pick(event, uuid) {
      window.sentijob.follow(event, () => this.$emit("pick", uuid));
    },
  },
};
