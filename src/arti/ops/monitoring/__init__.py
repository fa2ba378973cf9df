"""What the operator is shown and told: figures of the installation, and alerts. docs/monitoring.md."""
