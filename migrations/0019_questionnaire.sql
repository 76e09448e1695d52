-- The first survey form. A new form is a new row with a later day: pages draw it and the API checks it without any code.
-- title is Indonesian, x-title-en English; x-labels gives each value its words.
-- x-order is the place of a question: jsonb does not keep the order of keys. Questions without it come last.

insert into questionnaire (subject, valid_from, name, source, schema) values
('family', '2020-01-01', 'Rumah dan harta, bentuk pertama', 'susunan sendiri menurut variabel desil (pekerjaan, rumah, listrik, harta)', $json${
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "houseOwnership": { "x-order": 1, "type": "string", "enum": ["own", "rented", "free", "official", "other"], "title": "Status rumah", "x-title-en": "House",
      "x-labels": { "own": { "id": "Milik sendiri", "en": "Own" }, "rented": { "id": "Kontrak atau sewa", "en": "Rented" },
        "free": { "id": "Menumpang tanpa bayar", "en": "Free of charge" }, "official": { "id": "Rumah dinas", "en": "Official" }, "other": { "id": "Lainnya", "en": "Other" } } },
    "floorArea": { "x-order": 2, "type": "integer", "minimum": 1, "maximum": 2000, "title": "Luas lantai (m²)", "x-title-en": "Floor area (m²)" },
    "floor": { "x-order": 3, "type": "string", "enum": ["ceramic", "cement", "wood", "bamboo", "earth", "other"], "title": "Lantai terluas", "x-title-en": "Floor",
      "x-labels": { "ceramic": { "id": "Keramik, ubin, atau marmer", "en": "Tiles" }, "cement": { "id": "Semen", "en": "Cement" }, "wood": { "id": "Kayu", "en": "Wood" },
        "bamboo": { "id": "Bambu", "en": "Bamboo" }, "earth": { "id": "Tanah", "en": "Earth" }, "other": { "id": "Lainnya", "en": "Other" } } },
    "wall": { "x-order": 4, "type": "string", "enum": ["brick", "wood", "bamboo", "other"], "title": "Dinding terluas", "x-title-en": "Walls",
      "x-labels": { "brick": { "id": "Tembok", "en": "Brick" }, "wood": { "id": "Kayu", "en": "Wood" }, "bamboo": { "id": "Bambu atau anyaman", "en": "Bamboo" }, "other": { "id": "Lainnya", "en": "Other" } } },
    "roof": { "x-order": 5, "type": "string", "enum": ["concrete", "tile", "zinc", "asbestos", "thatch", "other"], "title": "Atap terluas", "x-title-en": "Roof",
      "x-labels": { "concrete": { "id": "Beton", "en": "Concrete" }, "tile": { "id": "Genteng", "en": "Tiles" }, "zinc": { "id": "Seng", "en": "Zinc" },
        "asbestos": { "id": "Asbes", "en": "Asbestos" }, "thatch": { "id": "Ijuk, rumbia, atau daun", "en": "Thatch" }, "other": { "id": "Lainnya", "en": "Other" } } },
    "water": { "x-order": 6, "type": "string", "enum": ["piped", "bottled", "well", "protected_spring", "open", "rain", "other"], "title": "Air minum", "x-title-en": "Drinking water",
      "x-labels": { "piped": { "id": "Ledeng atau PDAM", "en": "Piped" }, "bottled": { "id": "Air kemasan atau isi ulang", "en": "Bottled" }, "well": { "id": "Sumur", "en": "Well" },
        "protected_spring": { "id": "Mata air terlindung", "en": "Protected spring" }, "open": { "id": "Sungai, danau, mata air terbuka", "en": "River, lake, open spring" },
        "rain": { "id": "Air hujan", "en": "Rain" }, "other": { "id": "Lainnya", "en": "Other" } } },
    "toilet": { "x-order": 7, "type": "string", "enum": ["own", "shared", "public", "none"], "title": "Tempat buang air besar", "x-title-en": "Toilet",
      "x-labels": { "own": { "id": "Sendiri", "en": "Own" }, "shared": { "id": "Bersama tetangga", "en": "Shared" }, "public": { "id": "Umum", "en": "Public" }, "none": { "id": "Tidak ada", "en": "None" } } },
    "electricity": { "x-order": 8, "type": "string", "enum": ["none", "neighbour", "450", "900", "1300", "2200", "more"], "title": "Daya listrik", "x-title-en": "Electricity",
      "x-labels": { "none": { "id": "Tidak ada listrik", "en": "None" }, "neighbour": { "id": "Menyambung dari tetangga", "en": "From a neighbour" }, "450": { "id": "450 VA", "en": "450 VA" },
        "900": { "id": "900 VA", "en": "900 VA" }, "1300": { "id": "1.300 VA", "en": "1,300 VA" }, "2200": { "id": "2.200 VA", "en": "2,200 VA" }, "more": { "id": "Lebih dari 2.200 VA", "en": "More than 2,200 VA" } } },
    "cookingFuel": { "x-order": 9, "type": "string", "enum": ["electric", "gas_large", "gas_3kg", "kerosene", "wood", "none"], "title": "Bahan bakar memasak", "x-title-en": "Cooking fuel",
      "x-labels": { "electric": { "id": "Listrik", "en": "Electricity" }, "gas_large": { "id": "Gas 5,5 kg atau 12 kg", "en": "Gas, large" }, "gas_3kg": { "id": "Gas 3 kg", "en": "Gas, 3 kg" },
        "kerosene": { "id": "Minyak tanah", "en": "Kerosene" }, "wood": { "id": "Kayu bakar", "en": "Firewood" }, "none": { "id": "Tidak memasak", "en": "None" } } },
    "assets": { "x-order": 10, "type": "array", "uniqueItems": true, "maxItems": 12, "title": "Harta", "x-title-en": "Assets",
      "items": { "type": "string", "enum": ["refrigerator", "motorcycle", "car", "boat", "television", "computer", "gold", "land", "rice_field", "cattle", "goats", "savings"] },
      "x-labels": { "refrigerator": { "id": "Lemari es", "en": "Refrigerator" }, "motorcycle": { "id": "Sepeda motor", "en": "Motorcycle" }, "car": { "id": "Mobil", "en": "Car" },
        "boat": { "id": "Perahu", "en": "Boat" }, "television": { "id": "Televisi layar datar", "en": "Flat television" }, "computer": { "id": "Komputer atau laptop", "en": "Computer" },
        "gold": { "id": "Emas 10 gram atau lebih", "en": "Gold, 10 g or more" }, "land": { "id": "Tanah lain", "en": "Other land" }, "rice_field": { "id": "Sawah atau kebun", "en": "Fields" },
        "cattle": { "id": "Sapi atau kerbau", "en": "Cattle" }, "goats": { "id": "Kambing atau domba", "en": "Goats" }, "savings": { "id": "Tabungan", "en": "Savings" } } },
    "monthlySpending": { "x-order": 11, "type": "integer", "minimum": 0, "maximum": 1000000000, "title": "Pengeluaran sebulan (rupiah)", "x-title-en": "Spending a month (rupiah)" }
  }
}$json$),
('person', '2020-01-01', 'Perorangan, bentuk pertama', 'susunan sendiri menurut variabel desil (pendidikan, pekerjaan)', $json${
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "canRead": { "x-order": 1, "type": "boolean", "title": "Dapat membaca dan menulis", "x-title-en": "Reads and writes" },
    "highestDiploma": { "x-order": 2, "type": "string", "enum": ["none", "sd", "smp", "sma", "d3", "s1", "s2"], "title": "Ijazah tertinggi", "x-title-en": "Highest diploma",
      "x-labels": { "none": { "id": "Tidak punya", "en": "None" }, "sd": { "id": "SD atau sederajat", "en": "Primary" }, "smp": { "id": "SMP atau sederajat", "en": "Junior" },
        "sma": { "id": "SMA atau sederajat", "en": "Senior" }, "d3": { "id": "Diploma", "en": "Diploma" }, "s1": { "id": "Sarjana", "en": "Bachelor" }, "s2": { "id": "Magister atau lebih", "en": "Master or more" } } },
    "workStatus": { "x-order": 3, "type": "string", "enum": ["self", "employee", "casual", "family", "none"], "title": "Kedudukan dalam pekerjaan", "x-title-en": "Kind of work",
      "x-labels": { "self": { "id": "Usaha sendiri", "en": "Self-employed" }, "employee": { "id": "Buruh tetap atau karyawan", "en": "Employee" }, "casual": { "id": "Pekerja bebas", "en": "Casual" },
        "family": { "id": "Membantu keluarga tanpa upah", "en": "Unpaid in the family" }, "none": { "id": "Tidak bekerja", "en": "None" } } },
    "monthlyIncome": { "x-order": 4, "type": "integer", "minimum": 0, "maximum": 1000000000, "title": "Penghasilan sebulan (rupiah)", "x-title-en": "Income a month (rupiah)" },
    "healthInsurance": { "x-order": 5, "type": "string", "enum": ["pbi", "own", "employer", "none"], "title": "Jaminan kesehatan", "x-title-en": "Health insurance",
      "x-labels": { "pbi": { "id": "PBI-JK", "en": "Paid by the state" }, "own": { "id": "Membayar sendiri", "en": "Paid by themselves" }, "employer": { "id": "Dari pemberi kerja", "en": "By the employer" }, "none": { "id": "Tidak ada", "en": "None" } } }
  }
}$json$),
('sealed', '2020-01-01', 'Kesehatan, bentuk pertama', 'susunan sendiri; data pribadi spesifik menurut UU 27/2022', $json${
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "aid": { "x-order": 1, "type": "array", "uniqueItems": true, "maxItems": 8, "title": "Alat bantu yang dipakai", "x-title-en": "Aids in use",
      "items": { "type": "string", "enum": ["wheelchair", "crutch", "cane", "hearing_aid", "glasses", "prosthesis", "braille", "other"] },
      "x-labels": { "wheelchair": { "id": "Kursi roda", "en": "Wheelchair" }, "crutch": { "id": "Kruk", "en": "Crutch" }, "cane": { "id": "Tongkat", "en": "Cane" },
        "hearing_aid": { "id": "Alat bantu dengar", "en": "Hearing aid" }, "glasses": { "id": "Kacamata", "en": "Glasses" }, "prosthesis": { "id": "Kaki atau tangan palsu", "en": "Prosthesis" },
        "braille": { "id": "Alat baca braille", "en": "Braille" }, "other": { "id": "Lainnya", "en": "Other" } } },
    "needsCarer": { "x-order": 2, "type": "string", "enum": ["no", "partly", "wholly"], "title": "Bergantung pada orang lain sehari-hari", "x-title-en": "Depends on others",
      "x-labels": { "no": { "id": "Tidak", "en": "No" }, "partly": { "id": "Sebagian", "en": "Partly" }, "wholly": { "id": "Sepenuhnya", "en": "Wholly" } } },
    "nutrition": { "x-order": 3, "type": "string", "enum": ["good", "at_risk", "stunted", "malnourished"], "title": "Gizi anak balita", "x-title-en": "Nutrition of a small child",
      "x-labels": { "good": { "id": "Baik", "en": "Good" }, "at_risk": { "id": "Berisiko", "en": "At risk" }, "stunted": { "id": "Tengkes (stunting)", "en": "Stunted" }, "malnourished": { "id": "Gizi buruk", "en": "Malnourished" } } }
  }
}$json$);
