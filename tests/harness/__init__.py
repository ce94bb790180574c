"""What tests share: the assembled bot over fakes of what is outside, builders of values, drivers of the stand-ins."""
