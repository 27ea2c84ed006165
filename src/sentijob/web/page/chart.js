const LABELS = ["negative", "neutral", "positive"];

export default {
  template: `
    <section class="card" aria-labelledby="chart-title">
      <h2 id="chart-title">Labels over time</h2>
      <p v-if="!bars.length" class="empty">Once texts are scored, their labels show here in the order they come.</p>
      <figure v-else class="chart">
        <svg :viewBox="'0 0 ' + width + ' 100'" preserveAspectRatio="none" role="img" :aria-label="summary">
          <g v-for="(bar, place) in bars" :key="bar.to + place">
            <title>{{ told(bar) }}</title>
            <rect
              v-for="part in parts(bar)" :key="part.label" :class="part.label"
              :x="place * 10 + 1" :y="part.top" width="8" :height="part.height"
            ></rect>
          </g>
        </svg>
        <figcaption>
          <span>{{ time(bars[0].from) }}</span>
          <span class="what">The {{ total.toLocaleString() }} newest results, {{ size === 1 ? "one" : size }} a bar</span>
          <span>{{ time(bars[bars.length - 1].to) }}</span>
        </figcaption>
      </figure>
    </section>
  `,
  props: ["bars", "size", "total"],
  computed: {
    width() {
      return Math.max(this.bars.length, 1) * 10;
    },
    summary() {
      const sums = LABELS.map((label) => this.bars.reduce((sum, bar) => sum + bar[label], 0));
      const told = LABELS.map((label, place) => `${Math.round((100 * sums[place]) / this.total)}% ${label}`);
      return `Label mix of the ${this.total} newest results, oldest left: ${told.join(", ")}`;
    },
  },
  methods: {
    time: (iso) => window.sentijob.time(iso),
    told(bar) {
      const labels = LABELS.map((label) => `${bar[label]} ${label}`).join(", ");
      return `${this.time(bar.from)} to ${this.time(bar.to)}: ${labels}`;
    },
    parts(bar) {
      let top = 0;
      return [...LABELS].reverse().map((label) => {
        const height = (100 * bar[label]) / bar.count;
        top += height;
        return { label, top: top - height, height };
      });
    },
  },
};
