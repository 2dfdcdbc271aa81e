"""What recorded people ask of the office about their data, and the law's clocks that run from then on."""
