export default {
  template: `
    <dialog ref="dialog" class="card confirm" aria-labelledby="confirm-question" @cancel.prevent="answer(false)">
      <h2 id="confirm-question">{{ shown.question }}</h2>
      <p>{{ shown.consequence }}</p>
      <div class="buttons">
        <button type="button" class="quiet" ref="no" @click="answer(false)">Leave as it is</button>
        <button type="button" @click="answer(true)">{{ shown.verb }}</button>
      </div>
    </dialog>
  `,
  props: ["question", "consequence", "verb"],
  emits: ["answer"],
  data: () => ({ shown: {} }),
  watch: {
    question(question) {
      if (question === null) {
        this.$refs.dialog.close();
        return;
      }
      this.shown = { ...this.$props };
      if (!this.$refs.dialog.open) this.$refs.dialog.showModal();
      this.$nextTick(() => this.$refs.no.focus());
    },
  },
  methods: {
    answer(is_meant) {
      this.$refs.dialog.close();
      this.$emit("answer", is_meant);
    },
  },
};
