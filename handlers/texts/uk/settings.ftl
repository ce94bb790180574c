## /settings.

command-settings = Ризик, стопи, плече, часовий пояс

settings-title = <b>Налаштування</b>
settings-typing = Натисніть на одне з них або напишіть: <code>/settings risk 1.5</code>
setting-title = <b>{ $name }</b>: { $value }
setting-range = Від { $minimum } до { $maximum }.
setting-saved = ✓ { $name }: <b>{ $value }</b>
setting-type-it = Або напишіть число.
setting-type-zone = Або напишіть місто чи різницю з UTC: <code>Київ</code>, <code>Варшава</code>, <code>+3</code>, <code>+5:30</code>.
button-other-value = Інше значення

setting-risk-percent = Ризик на угоду
setting-about-risk-percent = Яку частину рахунку можна втратити на стопі.
setting-stop-loss-percent = Стоп-лос
setting-about-stop-loss-percent = Як далеко від ціни входу стає новий стоп.
setting-take-profit-percent = Тейк-профіт
setting-about-take-profit-percent = Як далеко від ціни входу стає нова ціль.
setting-leverage = Плече
setting-about-leverage = Найбільше, що ви хочете для нової позиції. Де в пари більше, картка про це каже: без вашого прохання плече на Bybit не змінюю.
setting-order-type = Вид ордера
setting-about-order-type = Яким буде ордер, якщо не названо ні ціни, ні ринку. Лімітний чекає за найкращою ціною свого боку.
setting-default-account = Рахунок
setting-about-default-account = Який рахунок екрани показують першим.
setting-notifications = Повідомлення
setting-about-notifications = Як надходять мої повідомлення: зі звуком, тихо чи зовсім не надходять. Тривоги надходять завжди.
setting-time-zone = Часовий пояс
setting-about-time-zone = Час показую за UTC, а поруч ваш.

order-type-market = Ринковий
order-type-limit = Лімітний
notify-on = Зі звуком
notify-silent = Тихо
notify-off = Не надсилати
