export default {
  inheritAttrs: false,
  template: `
    <section id="submit" class="card submit" aria-labelledby="submit-title"
             :class="{ over: isOver }" @dragover.prevent="isOver = true" @dragleave="isOver = false" @drop.prevent="drop">
      <h2 id="submit-title">Submit</h2>
      <form @submit.prevent="send">
        <label class="field">
          <span>A text</span>
          <textarea v-model="text" rows="3" ref="text" :maxlength="longest" aria-describedby="submit-hint"
                    @keydown.enter.exact="enter"></textarea>
        </label>
        <p id="submit-hint" class="muted hint">Enter submits, Shift+Enter begins a line.</p>
        <p v-if="problem" class="callout bad" role="alert">{{ problem }}</p>
        <div class="together">
          <label class="field">
            <span>Model</span>
            <select v-model="chosen" @change="$emit('model', chosen)">
              <option v-for="name in models" :key="name" :value="name">{{ name }}</option>
            </select>
          </label>
          <button type="submit" :disabled="isSending">Submit</button>
        </div>
      </form>
      <label class="drop">
        <input ref="file" type="file" :accept="suffixes.join(',')" :disabled="isUploading" @change="upload($refs.file.files)" />
        <span><strong>Choose a file</strong> or drop it here: CSV, TSV, JSON lines, Parquet or a text a line</span>
      </label>
      <div aria-live="polite">
        <p v-if="isUploading" class="muted">Sending {{ sending }}: {{ percent }}%</p>
        <p v-if="failure" class="callout bad">{{ failure }}</p>
        <p v-else-if="filing && !isUploading" class="callout" :class="filing.state === 'refused' ? 'bad' : ''">
          {{ filing.said }}
          <a v-if="filing.batch" :href="'/?batch=' + filing.batch" @click="follow($event, 'open-batch', filing.batch)">Show them</a>
        </p>
        <ul v-if="receipts.length" class="receipts" aria-label="What you submitted">
          <li v-for="one in receipts" :key="one.uuid">
            <a :href="one.href" @click="follow($event, 'open-job', one.uuid)">{{ one.text }}</a>
            <span v-if="one.label"><span class="label" :class="one.label">{{ one.label }}</span> <span class="number">{{ one.score }}</span></span>
            <span v-else class="status" :class="one.status">{{ one.status }}</span>
          </li>
        </ul>
      </div>
    </section>
  `,
  props: ["url", "models", "model", "longest", "suffixes", "receipts", "answer", "filing"],
  emits: ["text", "model", "open-job", "open-batch"],
  data() {
    return {
      text: "", chosen: this.model, problem: null, isSending: false, isOver: false,
      isUploading: false, sending: "", percent: 0, failure: null,
    };
  },
  watch: {
    answer(answer) {
      this.isSending = false;
      this.problem = answer.problem;
      if (!answer.problem) this.text = "";
      this.$refs.text.focus();
    },
  },
  methods: {
    enter(event) {
      if (event.isComposing) return; // it ends a word, where an input method writes
      event.preventDefault();
      this.send();
    },
    send() {
      if (this.isSending) return;
      this.problem = null;
      this.isSending = true;
      this.$emit("text", { text: this.text, model: this.chosen });
    },
    drop(event) {
      this.isOver = false;
      this.upload(event.dataTransfer.files);
    },
    upload(files) {
      if (!files.length || this.isUploading) return;
      const body = new FormData();
      body.append("file", files[0]);
      const request = new XMLHttpRequest();
      request.upload.onprogress = ({ loaded, total }) => (this.percent = Math.floor((100 * loaded) / total));
      request.onloadend = () => {
        this.isUploading = false;
        this.$refs.file.value = "";
        if (request.status !== 200) this.failure = this.refusal(request);
      };
      Object.assign(this, { isUploading: true, sending: files[0].name, percent: 0, failure: null });
      request.open("POST", (window.path_prefix ?? "") + this.url);
      request.send(body);
    },
    refusal(request) {
      if (!request.status) return "The server can't be reached; nothing was queued.";
      if (request.status === 413) return "The file is larger than this server takes; use sentijob submit -f.";
      return `The server refused the file (${request.status}); nothing was queued.`;
    },
    follow(event, what, uuid) {
      window.sentijob.follow(event, () => this.$emit(what, uuid));
    },
  },
};
