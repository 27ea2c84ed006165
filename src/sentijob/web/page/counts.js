export default {
  template: `
    <section class="card counts" aria-labelledby="counts-title">
      <h2 id="counts-title" class="hidden">The store now</h2>
      <p v-if="isPaused" class="callout">
        Workers are paused: nothing is claimed until <code>sentijob worker resume</code>.
      </p>
      <ul class="figures">
        <li v-for="figure in figures" :key="figure.name">
          <a :href="'/?status=' + figure.name" @click="follow($event, figure.name)">
            <span class="number">{{ figure.count }}</span>
            <span class="status" :class="[figure.name, figure.count === '0' ? 'none' : '']">{{ figure.name }}</span>
          </a>
        </li>
        <li class="pace">
          <span class="number">{{ pace }}</span>
          <span class="muted">jobs a second<template v-if="left">, about {{ left }} left</template></span>
        </li>
      </ul>
      <div v-if="hasResults" class="mix">
        <div class="bar" aria-hidden="true">
          <span v-for="label in labels" :key="label.name" :class="label.name" :style="{ width: label.width + '%' }"></span>
        </div>
        <ul class="legend" aria-label="Labels of all completed jobs">
          <li v-for="label in labels" :key="label.name">
            <span class="swatch" :class="label.name" aria-hidden="true"></span>
            {{ label.name }} <strong>{{ label.share }}</strong> <span class="muted">{{ label.count }}</span>
          </li>
        </ul>
      </div>
    </section>
  `,
  props: ["figures", "labels", "pace", "left", "isPaused", "hasResults"],
  emits: ["pick"],
  methods: {
    follow(event, name) {
      window.sentijob.follow(event, () => this.$emit("pick", name));
    },
  },
};
