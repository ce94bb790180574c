## Что можно поправить и в чём виноват сам бот.

error-number =
    Такое число я прочитать не могу. Обычными цифрами, пожалуйста: <code>1.5</code>
    От { $minimum } до { $maximum }.
error-number-whole =
    Такое число я прочитать не могу. Целое число обычными цифрами, пожалуйста: <code>5</code>
    От { $minimum } до { $maximum }.
error-number-range = Нужно число от { $minimum } до { $maximum }.
error-number-places =
    { $places ->
        [0] Только целые числа, пожалуйста.
        [one] Не больше { $places } знака после точки, пожалуйста.
       *[many] Не больше { $places } знаков после точки, пожалуйста.
    }
error-number-ambiguous = Это { $first } или { $second }? Напишите, пожалуйста, без запятой.
error-symbol = Это не похоже на пару. Латинские буквы и цифры, пожалуйста: <code>/price btc</code>
error-unknown-symbol =
    { $count ->
        [0] { $symbol } на Bybit не торгуется. Что торгуется, покажет /symbols.
        [one] { $symbol } на Bybit не торгуется. Может быть, { $nearest }?
       *[many] { $symbol } на Bybit не торгуется. Может быть, что-то из этого: { $nearest }?
    }
error-category = Есть <code>linear</code> (бессрочные) и <code>spot</code>, но не «{ $word }».
error-account-type = Есть счета <code>paper</code> (Практика), <code>demo</code> и <code>live</code>, но не «{ $word }».
error-language = Говорю на <code>en</code>, <code>ru</code> и <code>uk</code>, но не «{ $word }».
error-setting = Настройки «{ $word }» я не знаю. Может быть, { $nearest }?
error-setting-unlike = Настройки «{ $word }» я не знаю. Все настройки покажет /settings.
error-too-long =
    { $limit ->
        [one] Слишком длинно: не больше { $limit } знака.
       *[many] Слишком длинно: не больше { $limit } знаков.
    }
error-choice = Выберите одно из этого: { $choices }.
error-time-zone =
    { $count ->
        [0] Такого места не знаю. Попробуйте город побольше или разницу с UTC: <code>Москва</code>, <code>+3</code>, <code>+5:30</code>.
       *[many] Такого места не знаю. Может быть, { $nearest }?
    }
error-no-account-number =
    Счёта «{ $account_type ->
        [demo] Bybit Демо
        [paper] Практика
       *[live] Реальный счёт
    } { $number }» у вас нет. /keys показывает те, что есть.
error-no-account =
    { $account_type ->
        [demo] Bybit Демо ещё не подключён.
        [live] Реальный счёт ещё не подключён.
       *[paper] Счёта «Практика» нет.
    }
error-payment-currency = Это оплачено в { $currency }. Я принимаю только Telegram Stars, поэтому ничего не добавлено. Напишите, пожалуйста, в /paysupport.
error-codes-lost = Коды этой кампании больше нельзя ни показать, ни активировать: ключ, которым они зашифрованы, утерян. Создайте новую: /promo new
error-start-first = Мы ещё не знакомы. Пришлите, пожалуйста, /start.
error-button-expired = Эта кнопка уже нажата или устарела. Вот меню:
error-outcome-unknown = Bybit ещё не ответил, чем это закончилось. Проверяю; дважды ничего не отправляется.
error-apology = Простите, у меня произошла ошибка. Если она повторится, передайте тому, кто ведёт бота, этот номер: <code>{ $reference }</code>
error-storage = Простите, не получилось это сохранить, поэтому ничего не изменилось. Попробуйте через минуту. (<code>{ $reference }</code>)
error-telegram-limits = Telegram ненадолго ограничил этот чат, поэтому файл не отправлен. Запросите его ещё раз через минуту.

# An update that waited too long.
late-command = Вы прислали <code>{ $command }</code> в { $sent }, { $age } назад. Это дошло до меня только сейчас, поэтому я ничего не сделал.
late-press = Вы нажали эту кнопку до { $age } назад, в { $sent } или позже. Это дошло до меня только сейчас, поэтому я ничего не сделал.
button-do-now = Сделать сейчас
