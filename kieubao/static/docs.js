window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({ dom_id: "#swagger-ui", url: document.body.dataset.openapi, deepLinking: true, validatorUrl: null });
});
