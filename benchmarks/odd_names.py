"""Names that try a sleeve: short, long, pointed, accented, loud, in many scripts; and plain ones. All made up."""

from __future__ import annotations

__all__ = ["ARTISTS", "PLAIN", "TITLES"]

# fmt: off
TITLES = (
    # short and long
    "X", "Io", "7", "II", "Halcyon", "Cold Harbour", "Slow Lightning", "Letters from the Orchard",
    "The Only Road That Ever Led Me Home Again", "A Field Guide to Forgetting Everything You Said",
    "What the River Took and What the River Gave Back to Us in Spring",
    # words that do not break
    "Unterseebootfahrtenschreiber", "Incomprehensibilities", "Otorhinolaryngologically Yours",
    "Llanfairgorswen", "Counterrevolutionaries at Midnight",
    # points, quotes, brackets
    "Wait... What?", "Stop! Look! Listen!", "“So Long,” She Said", "'Round About Eleven", "Don't Tell O'Malley",
    "Songs (for Nobody)", "[Untitled Blue]", "Home/Away", "Half-Light, Half-Life", "Rock 'n' Ruin",
    "Salt & Smoke & Sugar", "Question: Answer; Silence.", "Left — Right — Left", "#1 Heartbreak", "50% Off the Moon",
    "Love @ Last*", "!!!", "…",
    # numbers
    "1984 and a Half", "Volume IV", "Symphony No. 9 in D Minor, Op. 125", "24/7/365", "3.14159", "Live 1972–1979",
    "XXVII",
    # loud and quiet
    "EVERYTHING IN CAPITALS", "nothing in capitals", "iIlL oO0", "McAllister's DJ Mix", "AbCdEf", "rn m nn",
    # accents
    "Año Nuevo en Málaga", "Çà et Là", "Fjärilar över Ån", "Zażółć Gęślą Jaźń", "Příliš Žluťoučký Kůň", "Øresund",
    "Straße nach Süden", "Não Há Coração", "Những Khúc Hát Mùa Thu", "İstanbul'da Işıklar", "Ævintýri á Þingvöllum",
    "L’Été à la Forêt", "ŐSZI ÉJ", "Déjà Vu, Naïveté & Crème Brûlée",
    # one word, plain: what most records are called
    "Gravity", "Overland", "Blue Hour on Ninth", "Engines of the Drowned", "Coastline at Midnight", "Soft Geometry",
    "Nocturnes & Elegies", "Streetlight Gospel", "Parallel Systems", "Wildflower Motel", "The Quiet Room", "Paper Thin",
    # other scripts
    "Ночь и улица", "Тихий Дом", "Η νύχτα της θάλασσας", "ليالي الشمال", "شب و باران", "שירים ללילה", "नीला आसमान",
    "สายลมแห่งฤดูหนาว", "夜の高速道路", "さくらの歌", "밤의 노래", "长夜将尽", "Գարնան երգեր", "ღამის სიმღერა", "রাতের গান",
    # mixed
    "Tokyo 東京 Nights", "Привет, World", "Neon نأون 88", "DJ Κώστας Live", "Seoul 서울 2049",
)

ARTISTS = (
    "Odell Marsh Quintet", "Gravewind", "Neon Meridian", "Maren Holloway", "Kid Cassius", "Vector/State",
    "Elena Vastrik", "Paper Lanterns", "Q", "The The Others", "DJ 0",
    "Thee Unmentionable Cardinals of Saint-Barnabé-sur-Mer",
    "Ólafur Þórsson", "Sigrid Ångström & Her Orchestra", "los hermanos peñalba", "THE LOUDEST BAND",
    "Anselm O’Dowd feat. Tiny B.", "¿Qué Tal?", "A.M.P.", "Blue-Eyed Sons, Inc.", "Hård & Mjuk", "Żółw",
    "Various Artists", "The Wintergarten Chamber Ensemble under Friedrich von Altenbruck", "MC Twelve", "x_x",
    "Земляника", "Δελφίνια", "فرقة النخيل", "להקת החול", "आशा वर्मन", "วงจันทร์เพ็ญ", "久遠ユキ", "김하늘 밴드", "林小雨",
)

PLAIN = (
    ("Gravewind", "Odell Marsh", "Maren Holloway", "Neon Meridian", "Kid Cassius", "The Lanterns", "Iron Parish",
     "Vastrik", "Paper Crowns", "Delia Fontaine", "Northgate", "Low Ceiling", "The Amber Five"),
    ("Cathedral of Rust", "Blue Hour", "Letters from the Orchard", "Coastline at Midnight", "Streetlight Gospel",
     "Gravity", "Parallel Systems", "Soft Geometry", "Long Way Down", "Winter Palace", "Second Sun", "The Quiet Room",
     "No Return", "A Season Apart", "Wildflower Motel", "Paper Thin", "Engines"),
)
"""Artists and titles as most records have them."""
# fmt: on
