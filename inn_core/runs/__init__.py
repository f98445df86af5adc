"""Where training happens: the workers, the hub that fans snapshots out, the store on disk."""
