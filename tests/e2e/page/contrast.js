// The texts whose contrast to what is behind them is less than AA asks for.
// Source: Web Content Accessibility Guidelines 2.2, 1.4.3 and the definition of relative luminance.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function parsed(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [red, green, blue], alpha: alpha / 255 };
  }
  function over(front, back) {
    return front.rgb.map((value, place) => value * front.alpha + back[place] * (1 - front.alpha));
  }
  function behind(element) {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      layers.push(parsed(getComputedStyle(one).backgroundColor));
      if (layers[layers.length - 1].alpha === 1) break;
    }
    return layers.reduceRight((back, front) => over(front, back), [255, 255, 255]);
  }
  function luminance(rgb) {
    const [red, green, blue] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    const isDisabled = element.closest(":disabled");
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || isDisabled || element.closest(".hidden")) continue;
    const back = behind(element);
    const [light, dark] = [luminance(over(parsed(style.color), back)), luminance(back)].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) poor.push(`${contrast.toFixed(2)} ${element.className}: ${walker.currentNode.data.trim()}`);
  }
  return poor;
};
