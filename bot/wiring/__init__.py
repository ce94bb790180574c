"""How the parts are put together, a file a layer and a function a feature; `bot.app.assemble` calls them in order."""
