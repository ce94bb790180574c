"""The rows of market/tickers."""

from typing import Any, Final

from ops.sim.bybit.book import Books
from ops.sim.bybit.clock import DAY, HOUR, MINUTE
from ops.sim.bybit.grids import plain
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import FUNDING_MS, Candle, Market
from ops.sim.bybit.options import Greeks

_FORETOLD: Final = 30 * MINUTE
_YEAR: Final = 365 * DAY
_AUCTION_STEPS: Final = 1_000
"""Steps of quantity that an auction would open with."""
_UNDATED: Final = {
    "predictedDeliveryPrice": "",
    "basisRate": "",
    "basisRateYear": "",
    "deliveryFeeRate": "",
    "deliveryTime": "0",
    "basis": "",
    "preOpenPrice": "",
    "preQty": "",
    "curPreListingPhase": "",
}
_OPTION_TURNS: Final = 5
"""How often an option's open interest is traded in its life, and a hundredth of it in a day."""


class Tickers:
    """Ticker rows; each stands until a price changes."""

    def __init__(self, market: Market, books: Books) -> None:
        self._market = market
        self._books = books
        self._rows: dict[tuple[str, str], tuple[tuple[int, int], dict[str, Any]]] = {}
        self._days: dict[tuple[str, str], tuple[tuple[int, int], Candle]] = {}

    def row(self, one: Instrument, at: int) -> dict[str, Any]:
        """The ticker of an instrument at that epoch millisecond."""
        key, stamp = (one.category, one.symbol), self._market.stamp(at)
        kept = self._rows.get(key)
        if kept is None or kept[0] != stamp:
            build = {"spot": self._spot, "option": self._option}.get(one.category, self._contract)
            kept = self._rows[key] = (stamp, build(one, at))
        return kept[1]

    def _day(self, one: Instrument, at: int) -> Candle:
        """What was traded in the last 24 hours: to the minute, and the running minute."""
        minute = at - at % MINUTE
        key, stamp = (one.category, one.symbol), (self._market.version, minute)
        kept = self._days.get(key)
        if kept is None or kept[0] != stamp:
            start = min(max(minute - DAY, one.launched), minute - MINUTE)
            kept = self._days[key] = (stamp, self._market.candle(one, start, minute))
        day, running = kept[1], self._market.candle(one, minute, at + 1)
        return Candle(
            open=day.open,
            high=max(day.high, running.high),
            low=min(day.low, running.low),
            close=running.close,
            volume=day.volume,
            turnover=day.turnover,
        )

    def _prices(self, one: Instrument, at: int) -> dict[str, Any]:
        """What contracts and spot share."""
        day = self._day(one, at)
        last, text = self._market.last(one, at), one.price.text
        bid, ask = self._books.best(one, at)
        is_new = at - one.launched < DAY
        return {
            "symbol": one.symbol,
            "lastPrice": text(last),
            "prevPrice24h": "" if is_new else text(day.open),
            "price24hPcnt": "" if is_new else f"{(last - day.open) / day.open:.6f}",
            "highPrice24h": text(max(day.high, last)),
            "lowPrice24h": text(min(day.low, last)),
            "turnover24h": plain(day.turnover),
            "volume24h": f"{day.volume}",
            "bid1Price": bid[0],
            "bid1Size": bid[1],
            "ask1Price": ask[0],
            "ask1Size": ask[1],
        }

    def _contract(self, one: Instrument, at: int) -> dict[str, Any]:
        market = self._market
        interest, last = market.open_interest(one, at), market.last_price(one, at)
        worth = interest / last if one.category == "inverse" else interest * last
        hour_ago = market.last(one, at - at % MINUTE - HOUR)
        return {
            **self._prices(one, at),
            "indexPrice": one.index_text(market.index(one, at)),
            "markPrice": one.price.text(market.mark(one, at)),
            "prevPrice1h": one.price.text(hour_ago),
            "openInterest": f"{interest}",
            "openInterestValue": plain(worth),
            **(self._dated(one, at) if one.is_dated else self._perpetual(one, at)),
        }

    def _perpetual(self, one: Instrument, at: int) -> dict[str, str]:
        """What only contracts without a delivery have; of the pre-market, what is known of its opening."""
        next_funding = at - at % FUNDING_MS + FUNDING_MS
        before = one.row["preListingInfo"]
        is_auction = before is not None and before["curAuctionPhase"] != "ContinuousTrading"
        return {
            **_UNDATED,
            "fundingRate": f"{self._market.funding_rate(one, next_funding):f}",
            "nextFundingTime": str(next_funding),
            "preOpenPrice": one.price.text(self._market.last(one, at)) if is_auction else "",
            "preQty": one.qty.text(_AUCTION_STEPS) if is_auction else "",
            "curPreListingPhase": before["curAuctionPhase"] if before else "",
            "fundingIntervalHour": str(FUNDING_MS // HOUR),
            "fundingCap": one.row["upperFundingRate"],
        }

    def _dated(self, one: Instrument, at: int) -> dict[str, str]:
        """What only contracts with a delivery have; the delivery price is foretold in the last half hour."""
        index, last = self._market.index(one, at), float(self._market.last_price(one, at))
        rate, left = (last - index) / index, max(one.delivered - at, DAY)
        return {
            **_UNDATED,
            "fundingRate": "",
            "nextFundingTime": "0",
            "predictedDeliveryPrice": f"{index:.2f}" if at >= one.delivered - _FORETOLD else "",
            "basisRate": f"{rate:.8f}",
            "basisRateYear": f"{rate * _YEAR / left:.8f}",
            "deliveryFeeRate": one.row["deliveryFeeRate"],
            "deliveryTime": str(one.delivered),
            "basis": f"{last - index:.8f}",
            "fundingIntervalHour": "",
            "fundingCap": "",
        }

    def _spot(self, one: Instrument, at: int) -> dict[str, Any]:
        return {**self._prices(one, at), "usdIndexPrice": f"{self._market.index(one, at):.8f}"}

    def _option(self, one: Instrument, at: int) -> dict[str, Any]:
        market = self._market
        day_ago = market.last(one, at - DAY)
        worth = market.greeks(one, at)
        last = market.last(one, at)
        bid, ask = self._books.best(one, at)
        text = one.price.text
        interest = market.open_interest(one, at)
        traded = one.qty.round(interest / 100 * _OPTION_TURNS)
        return {
            "symbol": one.symbol,
            "bid1Price": bid[0],
            "bid1Size": bid[1],
            "ask1Price": ask[0],
            "ask1Size": ask[1],
            "lastPrice": text(last),
            "highPrice24h": text(max(last, day_ago)),
            "lowPrice24h": text(min(last, day_ago)),
            "markPrice": f"{worth.value:.8f}",
            "indexPrice": f"{market.index(one, at):.2f}",
            "underlyingPrice": f"{market.index(one, at):.2f}",
            "openInterest": f"{interest}",
            "turnover24h": plain(traded * one.price.decimal(last)),
            "volume24h": f"{traded}",
            "totalVolume": f"{interest * _OPTION_TURNS}",
            "totalTurnover": plain(interest * _OPTION_TURNS * one.price.decimal(last)),
            "predictedDeliveryPrice": "0",
            "change24h": f"{(last - day_ago) / day_ago:.8f}",
            **_sensitivities(worth),
        }


def _sensitivities(worth: Greeks) -> dict[str, str]:
    return {
        "bid1Iv": f"{worth.iv * 0.98:.4f}",
        "ask1Iv": f"{worth.iv * 1.02:.4f}",
        "markIv": f"{worth.iv:.4f}",
        "delta": f"{worth.delta:.8f}",
        "gamma": f"{worth.gamma:.8f}",
        "vega": f"{worth.vega:.8f}",
        "theta": f"{worth.theta:.8f}",
    }
