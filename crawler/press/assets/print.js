// Marks the section one is in. The page says everything without it.
document.querySelectorAll(".masthead nav a").forEach(function (link) {
  if (link.href === location.href) link.setAttribute("aria-current", "page");
});
