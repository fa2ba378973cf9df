"""What the columns of exports are called in the six languages, as the platforms write them."""

from collections.abc import Sequence

LANGUAGES = ("en", "de", "es", "pt", "fr", "sv")
# English; German; Spanish; Portuguese; French; Swedish. A blank stays English.
_SPOTIFY = """
date; Datum; Fecha; Data; Date; Datum
listeners; Hörer*innen; Oyentes; Ouvintes; Auditeurs; Lyssnare
streams; Streams; Reproducciones; Reproduções; Écoutes; Strömmar
followers; Follower*innen; Seguidores; Seguidores; Abonnés; Följare
saves; Gespeichert; Guardados; Salvamentos; Enregistrements; Sparade
song; Titel; Canción; Música; Titre; Låt
release_date; Veröffentlichungsdatum; Fecha de lanzamiento; Data de lançamento; Date de sortie; Utgivningsdatum
author; Ersteller; Autor; Autor; Auteur; Skapare
date_added; Hinzugefügt am; Fecha de adición; Data de inclusão; Date d’ajout; Datum tillagd
country; Land; País; País; Pays; Land
city; Stadt; Ciudad; Cidade; Ville; Stad
count; Anzahl; Cantidad; Quantidade; Nombre; Antal
"""
_YOUTUBE = """
Date; Datum; Fecha; Data; Date; Datum
Content; Videos; Contenido; Conteúdo; Contenu; Innehåll
Video title; Videotitel; Título del vídeo; Título do vídeo; Titre de la vidéo; Videotitel
Video publish time; Veröffentlichungszeitpunkt des Videos; Hora de publicación del vídeo; \
Horário de publicação do vídeo; \
Heure de publication de la vidéo; Publiceringstid för video
Duration; Dauer; Duración; Duração; Durée; Längd
Views; Aufrufe; Visualizaciones; Visualizações; Vues; Visningar
Engaged views; Aufrufe mit Interaktion; Visualizaciones con interacción; Visualizações engajadas; \
Vues avec engagement; \
Engagerade visningar
Watch time (hours); Wiedergabezeit (Stunden); Tiempo de visualización (horas); Tempo de exibição (horas); \
Durée de visionnage (heures); Visningstid (timmar)
Subscribers; Abonnenten; Suscriptores; Inscritos; Abonnés; Prenumeranter
Subscribers gained; Gewonnene Abonnenten; Suscriptores obtenidos; Inscritos ganhos; Abonnés gagnés; Nya prenumeranter
Subscribers lost; Verlorene Abonnenten; Suscriptores perdidos; Inscritos perdidos; Abonnés perdus; \
Förlorade prenumeranter
Impressions; Impressionen; Impresiones; Impressões; Impressions; Exponeringar
Impressions click-through rate (%); Klickrate der Impressionen (%); Porcentaje de clics de las impresiones (%); \
Taxa de cliques de impressões (%); Taux de clics par impression (%); Klickfrekvens för exponeringar (%)
Average view duration; Durchschnittliche Wiedergabedauer; Duración media de las visualizaciones; \
Duração média da visualização; Durée moyenne d'une vue; Genomsnittlig visningslängd
Average percentage viewed (%); Durchschnittlich wiedergegebener Anteil (%); Porcentaje medio visto (%); \
Porcentagem visualizada média (%); Pourcentage moyen visionné (%); Genomsnittlig procentandel visad (%)
Unique viewers; Einzelne Zuschauer; Espectadores únicos; Espectadores únicos; Spectateurs uniques; Unika tittare
Likes; Mag ich; Me gusta; Marcações "Gostei"; J’aime; Gilla-markeringar
Dislikes; Mag ich nicht; No me gusta; Marcações "Não gostei"; Je n’aime pas; Ogilla-markeringar
Comments added; Hinzugefügte Kommentare; Comentarios añadidos; Comentários adicionados; Commentaires ajoutés; \
Tillagda kommentarer
Shares; Geteilte Inhalte; Veces compartido; Compartilhamentos; Partages; Delningar
Estimated revenue (USD); Geschätzter Umsatz (USD); Ingresos estimados (USD); Receita estimada (USD); \
Revenus estimés (USD); Beräknade intäkter (USD)
Geography; Geografie; Geografía; Geografia; Zone géographique; Geografi
Traffic source; Zugriffsquelle; Fuente de tráfico; Origem do tráfego; Source de trafic; Trafikkälla
Subscription status; Abostatus; Estado de la suscripción; Status da inscrição; État de l'abonnement; \
Prenumerationsstatus
Cities; Städte; Ciudades; Cidades; Villes; Städer
City name; Name der Stadt; Nombre de la ciudad; Nome da cidade; Nom de la ville; Stadens namn
Viewer age; Alter der Zuschauer; Edad de los espectadores; Idade do espectador; Âge des spectateurs; Tittarens ålder
Viewer gender; Geschlecht der Zuschauer; Sexo de los espectadores; Gênero do espectador; Sexe des spectateurs; \
Tittarens kön
"""
_META = """
Date; Datum; Fecha; Data; Date; Datum
Post ID; Beitrags-ID; Identificador de la publicación; Identificação do post; Identifiant de la publication; \
Publicerings-id
Account username; Kontobenutzername; Nombre de usuario de la cuenta; Nome de usuário da conta; \
Nom d’utilisateur du compte; Kontots användarnamn
Page name; Seitenname; Nombre de la página; Nome da página; Nom de la page; Sidnamn
Views; Aufrufe; Visualizaciones; Visualizações; Vues; Visningar
Reach; Reichweite; Alcance; Alcance; Couverture; Räckvidd
Likes; „Gefällt mir“-Angaben; Me gusta; Curtidas; J’aime; Gilla-markeringar
Shares; Geteilte Inhalte; Veces compartido; Compartilhamentos; Partages; Delningar
Comments; Kommentare; Comentarios; Comentários; Commentaires; Kommentarer
Saves; Gespeicherte Inhalte; Veces guardado; Salvamentos; Enregistrements; Sparade
Reactions; Reaktionen; Reacciones; Reações; Réactions; Reaktioner
Women; Frauen; Mujeres; Mulheres; Femmes; Kvinnor
Men; Männer; Hombres; Homens; Hommes; Män
Video views; Videoaufrufe; Visualizaciones de vídeo; Visualizações de vídeo; Vues de la vidéo; Videovisningar
Profile views; Profilaufrufe; Visualizaciones de perfil; Visualizações do perfil; Vues de profil; Profilvisningar
"""
_TITLES = {
    "Total": ("Total", "Gesamt", "Total", "Total", "Total général", "Totalt"),
    "Grand total": ("Grand total", "Gesamtergebnis", "Suma total", "Total geral", "Total général", "Totalsumma"),
}
TOTALS = frozenset(word for words in _TITLES.values() for word in words)
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
}


def _read(text: str) -> dict[str, tuple[str, ...]]:
    lines = [line.split(";") for line in text.replace("\\\n", "").strip().splitlines()]
    return {words[0].strip(): tuple(word.strip() for word in words) for words in lines}


_WORDS = {
    "exports-spotify": _read(_SPOTIFY),
    "exports-youtube": _read(_YOUTUBE) | {"Video": _read(_YOUTUBE)["Content"]},
    "exports-meta": _read(_META),
}


def translate(path: str, header: Sequence[str], language: str) -> list[str] | None:
    """Return a header in another language; None where no column has another name."""
    words = next((words for start, words in _WORDS.items() if path.startswith(start)), {})
    place = LANGUAGES.index(language)
    names = [words.get(name.replace("\u00ad", "").strip(), ())[place : place + 1] or (name,) for name in header]
    translated = [name[0] for name in names]
    return translated if language == "en" or translated != list(header) else None


def total_word(word: str, language: str) -> str:
    return _TITLES[word][LANGUAGES.index(language)]
