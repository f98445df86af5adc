"""Everything leaves the lab: films, offline pages, weights, scripts. No torch, no streamlit."""
