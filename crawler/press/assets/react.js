// Where the real thing would draw the page again from Fusion.globalContent. The page says everything without it.
window.addEventListener("load", function () {
  var app = document.getElementById("fusion-app");
  if (app) app.textContent = "読み込み中…";
});
