export default {
  template: `
    <form class="filters" role="search" aria-label="Find jobs" @submit.prevent="send">
      <label class="field wide">
        <span>Search texts <kbd aria-hidden="true">/</kbd></span>
        <input id="search" type="search" maxlength="200" autocomplete="off" v-model="search" @input="soon" />
      </label>
      <label v-for="choice in choices" :key="choice.name" class="field">
        <span>{{ choice.title }}</span>
        <select :value="chosen[choice.name]" @change="pick(choice.name, $event.target.value)">
          <option value="">any</option>
          <option v-for="[value, title] in choice.options" :key="value" :value="value">{{ title }}</option>
        </select>
      </label>
      <button v-if="isFiltered" type="button" class="quiet" @click="clear">Clear filters</button>
    </form>
  `,
  props: ["choices", "view"],
  emits: ["filter"],
  data() {
    return { search: this.view.search ?? "", chosen: { ...this.view }, timer: null };
  },
  computed: {
    isFiltered() {
      return Boolean(this.search || this.choices.some((choice) => this.chosen[choice.name]));
    },
  },
  watch: {
    view: {
      deep: true,
      handler(view) {
        if (JSON.stringify(view) === JSON.stringify(this.shown)) return;
        this.shown = { ...view };
        this.chosen = { ...view };
        if ((view.search ?? "") !== this.search.trim()) this.search = view.search ?? "";
      },
    },
  },
  created() {
    this.shown = { ...this.view };
  },
  methods: {
    soon() {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.send, 350);
    },
    pick(name, value) {
      this.chosen[name] = value;
      this.send();
    },
    clear() {
      this.search = "";
      for (const choice of this.choices) this.chosen[choice.name] = "";
      this.send();
      document.getElementById("search").focus();
    },
    send() {
      clearTimeout(this.timer);
      this.$emit("filter", { ...this.chosen, search: this.search.trim() });
    },
  },
};
