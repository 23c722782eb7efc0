document.getElementById("app").textContent="Signet";
