export default {
  template: `
    <dialog ref="dialog" class="card job" aria-labelledby="job-title" @cancel.prevent="leave">
      <header>
        <h2 id="job-title">Job</h2>
        <button type="button" class="quiet" @click="leave">Close</button>
      </header>
      <p v-if="problem" class="callout bad" role="alert">{{ problem }}</p>
      <p v-else-if="!job" class="empty">Looking …</p>
      <template v-else>
        <p class="standing" aria-live="polite">
          <span class="status" :class="job.status">{{ job.status }}</span>
          <span v-if="job.label" class="label" :class="job.label">{{ job.label }}</span>
        </p>
        <p v-if="why && why.pieces" class="whole"><span
          v-for="(piece, place) in why.pieces" :key="place"
          :class="piece.strength ? ['push', piece.towards, 'by' + piece.strength] : []">{{ piece.text }}</span></p>
        <p v-else-if="job.text !== null" class="whole">{{ job.text }}</p>
        <p v-else class="whole"><em>The text wasn't to be stored.</em></p>
        <p v-if="job.error" class="callout bad"><strong>{{ job.error.code }}</strong>: {{ job.error.message }}</p>
        <dl v-if="job.probabilities" class="probabilities" aria-label="Probabilities">
          <div v-for="one in job.probabilities" :key="one.label">
            <dt>{{ one.label }}</dt>
            <dd><span class="bar" aria-hidden="true"><span :class="one.label" :style="{ width: one.width + '%' }"></span></span>
              <span class="number">{{ one.chance }}</span></dd>
          </div>
        </dl>
        <section v-if="why" class="why" aria-labelledby="why-title">
          <h3 id="why-title">Why</h3>
          <p v-if="why.problem" class="callout bad" role="alert">{{ why.problem }}</p>
          <p v-else-if="!why.words.length" class="muted">No word by itself changes how {{ why.label }} it is.</p>
          <table v-else>
            <caption>What {{ why.label }} loses without a {{ why.isByRuns ? "run of words" : "word" }}</caption>
            <tbody>
              <tr v-for="(one, place) in why.words" :key="place">
                <th scope="row">{{ one.word }}</th>
                <td class="wide"><span class="bar" aria-hidden="true"><span :class="one.towards" :style="{ width: one.width + '%' }"></span></span></td>
                <td class="number">{{ one.weight }}</td>
                <td><span class="label" :class="one.towards">{{ one.towards }}</span></td>
              </tr>
            </tbody>
          </table>
          <p v-if="why.note" class="muted">{{ why.note }}</p>
        </section>
        <p v-if="progress" class="muted" aria-live="polite">{{ progress }}</p>
        <dl class="facts">
          <div v-for="[name, value] in job.facts" :key="name"><dt>{{ name }}</dt><dd>{{ value }}</dd></div>
          <div v-for="[name, moment] in job.times" :key="name"><dt>{{ name }}</dt><dd>{{ time(moment) }}</dd></div>
          <div><dt>UUID</dt><dd><a :href="'/jobs/' + job.uuid"><code>{{ job.uuid }}</code></a></dd></div>
        </dl>
        <div class="buttons">
          <button v-if="job.canExplain && !(why && why.pieces)" type="button" :disabled="progress !== null" @click="$emit('explain')">Explain the label</button>
          <button v-if="job.canCancel" type="button" class="quiet" @click="$emit('cancel-job')">Cancel this job</button>
          <button v-if="job.canRetry" type="button" class="quiet" @click="$emit('retry-job')">Retry this job</button>
        </div>
      </template>
    </dialog>
  `,
  props: ["open", "job", "problem", "why", "progress"],
  emits: ["leave", "cancel-job", "retry-job", "explain"],
  mounted() {
    this.stand(this.open);
  },
  watch: {
    open(uuid) {
      this.stand(uuid);
    },
  },
  methods: {
    time: (iso) => window.sentijob.time(iso),
    stand(uuid) {
      const dialog = this.$refs.dialog;
      if (uuid && !dialog.open) dialog.showModal();
      if (!uuid && dialog.open) dialog.close();
    },
    leave() {
      this.$refs.dialog.close();
      this.$emit("leave");
    },
  },
};
