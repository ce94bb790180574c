## /settings.

command-settings = Риск, стопы, плечо, часовой пояс

settings-title = <b>Настройки</b>
settings-typing = Нажмите на одну из них или напишите: <code>/settings risk 1.5</code>
setting-title = <b>{ $name }</b>: { $value }
setting-range = От { $minimum } до { $maximum }.
setting-saved = ✓ { $name }: <b>{ $value }</b>
setting-type-it = Или напишите число.
setting-type-zone = Или напишите город либо разницу с UTC: <code>Москва</code>, <code>Киев</code>, <code>+3</code>, <code>+5:30</code>.
button-other-value = Другое значение

setting-risk-percent = Риск на сделку
setting-about-risk-percent = Какую часть счёта можно потерять на стопе.
setting-stop-loss-percent = Стоп-лосс
setting-about-stop-loss-percent = Как далеко от цены входа встаёт новый стоп.
setting-take-profit-percent = Тейк-профит
setting-about-take-profit-percent = Как далеко от цены входа встаёт новая цель.
setting-leverage = Плечо
setting-about-leverage = Наибольшее, что вы хотите для новой позиции. Где у пары больше, карточка об этом говорит: без вашей команды плечо на Bybit не меняю.
setting-order-type = Вид ордера
setting-about-order-type = Каким будет ордер, если не названы ни цена, ни рынок. Лимитный ждёт по лучшей цене своей стороны.
setting-default-account = Счёт
setting-about-default-account = Какой счёт экраны показывают первым.
setting-notifications = Сообщения
setting-about-notifications = Как приходят мои сообщения: со звуком, тихо или совсем не приходят. Тревоги приходят всегда.
setting-time-zone = Часовой пояс
setting-about-time-zone = Время показываю по UTC, а рядом ваше.

order-type-market = Рыночный
order-type-limit = Лимитный
notify-on = Со звуком
notify-silent = Тихо
notify-off = Не присылать
