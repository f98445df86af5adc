"""Target diffeomorphisms of the plane: what a flow is fitted to on a compact set. No torch."""
