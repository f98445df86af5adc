"""What every lesson shares: navigation, words, controls made from specs, the stage, links."""
