"""Studies that are made now and then: ablation, speed, statutes, a model as judge."""
