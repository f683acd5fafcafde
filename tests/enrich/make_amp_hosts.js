// Makes amp_hosts.tsv anew: reads host names, a line each, from standard input, and prints each with the
// label that the reference implementation gives it. Needs `npm install @ampproject/toolbox-cache-url`.
//
//   cut -f 1 amp_hosts.tsv | node make_amp_hosts.js > new.tsv
const fs = require("fs");
const reference = require("@ampproject/toolbox-cache-url");

(async () => {
  for (const host of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const cached = await reference.createCacheUrl("cdn.ampproject.org", `https://${host}/x`);
    console.log(`${host}\t${cached.slice("https://".length).split(".")[0]}`);
  }
})();
