## Меню команд.

command-start = Начать
command-menu = Всё в одно нажатие
command-help = Что я умею
command-cancel = Прервать мой вопрос
command-balance = Сколько на счёте и монеты
command-positions = Открытые позиции, стопы, ликвидация
command-orders = Открытые ордера
command-trades = Последние сделки и комиссии
command-price = Цена: /price btc
command-book = Стакан: /book btc
command-symbols = Всё, что торгуется
command-keys = Подключить, проверить, убрать ключи Bybit
command-settings = Риск, стопы, плечо, часовой пояс
command-lang = English, Русский, Українська
command-license = Что у вас есть и до какого дня
command-redeem = Активировать промокод
command-promo = Промокоды: создать, следить, остановить
command-whoami = Ваш id и роль
command-terms = Условия
command-privacy = Что хранится
command-ban = Заблокировать по id
command-unban = Разблокировать по id
