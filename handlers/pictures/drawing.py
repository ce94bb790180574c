"""From what a picture shows to its PNG. Pillow is imported with this module: only the drawing thread does."""

from handlers.pictures.amounts import draw_daily_bars, draw_equity_curve
from handlers.pictures.canvas import Canvas
from handlers.pictures.contents import CountPanels, DailyBars, EquityCurve, PictureContent, PriceChart, ResultCard
from handlers.pictures.count_panels import draw_count_panels
from handlers.pictures.price_chart import draw_price_chart
from handlers.pictures.result_card import draw_result_card


def draw(content: PictureContent) -> bytes:
    """The same content is the same bytes. Raises TypeError for a kind that is not drawn."""
    return canvas_of(content).png()


def canvas_of(content: PictureContent) -> Canvas:
    """The finished picture. Raises TypeError for a kind that is not drawn."""
    match content:
        case PriceChart():
            return draw_price_chart(content)
        case DailyBars():
            return draw_daily_bars(content)
        case EquityCurve():
            return draw_equity_curve(content)
        case ResultCard():
            return draw_result_card(content)
        case CountPanels():
            return draw_count_panels(content)
        case _:
            raise TypeError(f"no picture is made of {type(content).__name__}")
