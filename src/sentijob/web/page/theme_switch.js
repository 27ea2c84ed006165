export default {
  template: `
    <label class="field inline">
      <span>Theme</span>
      <select :value="chosen" @change="choose($event.target.value)">
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  `,
  data: () => ({ chosen: window.sentijob.theme() }),
  mounted() {
    window.sentijob.paint(); // Quasar is there now
  },
  methods: {
    choose(name) {
      this.chosen = name;
      window.sentijob.choose(name);
    },
  },
};
