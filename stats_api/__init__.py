"""The stats sidecar: cache statistics, Prometheus metrics, health and readiness."""
