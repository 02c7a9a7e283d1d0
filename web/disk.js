// Browsers load neither modules nor models from disk: says so in a page that was opened from there.
if (location.protocol === "file:")
  document.getElementById("status").textContent = "This page must come from a web server; a file of the disk may not load the model. " +
    "Any server does: python3 -m http.server in this folder.";
