// Send an event from a script of your own.
document.getElementById("add-five").addEventListener("click", async () => {
  const applied = await cf.dispatch("my-counter", "increment", { amount: 5 });
  document.getElementById("applied").textContent = applied ? "applied" : "refused";
});

document.getElementById("add-nothing").addEventListener("click", () => {
  cf.dispatch("my-counter", "increment", { amount: "many" });
});

// Show problems in a place of your own instead of a toast.
document.addEventListener("component:error", (event) => {
  if (event.detail.code === "invalid") {
    event.preventDefault();
    document.getElementById("problem").textContent = event.detail.error;
  }
});

// What components emit are DOM events, too.
document.addEventListener("product-taken", (event) => {
  document.getElementById("taken").textContent = event.detail.name;
});
