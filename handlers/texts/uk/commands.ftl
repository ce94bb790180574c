## Меню команд.

command-start = Почати
command-menu = Усе в один дотик
command-help = Що я вмію
command-cancel = Перервати моє запитання
command-balance = Скільки на рахунку та монети
command-positions = Відкриті позиції, стопи, ліквідація
command-orders = Відкриті ордери
command-trades = Останні угоди й комісії
command-price = Ціна: /price btc
command-book = Стакан: /book btc
command-symbols = Усе, що торгується
command-keys = Підключити, перевірити, прибрати ключі Bybit
command-settings = Ризик, стопи, плече, часовий пояс
command-lang = English, Русский, Українська
command-license = Що у вас є і до якого дня
command-redeem = Активувати промокод
command-promo = Промокоди: створити, стежити, зупинити
command-whoami = Ваш id і роль
command-terms = Умови
command-privacy = Що зберігається
command-ban = Заблокувати за id
command-unban = Розблокувати за id
