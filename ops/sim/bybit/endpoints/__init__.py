"""One module a section of Bybit's v5 documentation; `table` names every path that is answered."""
