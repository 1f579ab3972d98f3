// NHS.UK frontend's small conveniences. Every page works without them.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
import("./nhsuk.mjs").then(({ initAll }) => initAll());
