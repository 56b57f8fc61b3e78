"""The words people say for the 200 classes of Tiny ImageNet; some classes have none."""

from __future__ import annotations

from typing import Final

# First name of the class -> everyday word; "" keeps the class as a rival but never says it.
EVERYDAY: Final = {
    "Egyptian cat": "cat",
    "tabby": "cat",
    "Persian cat": "cat",
    "German shepherd": "dog",
    "Labrador retriever": "dog",
    "golden retriever": "dog",
    "Yorkshire terrier": "dog",
    "Chihuahua": "dog",
    "standard poodle": "dog",
    "rocking chair": "chair",
    "bullfrog": "frog",
    "tailed frog": "frog",
    "espresso": "coffee",
    "dining table": "table",
    "monarch": "butterfly",
    "sulphur butterfly": "butterfly",
    "brown bear": "bear",
    "guinea pig": "guinea pig",
    "seashore": "beach",
    "computer keyboard": "keyboard",
    "Arabian camel": "camel",
    "baboon": "monkey",
    "chimpanzee": "monkey",
    "orangutan": "monkey",
    "albatross": "bird",
    "goose": "goose",
    "black stork": "stork",
    "crane": "",
    "king penguin": "penguin",
    "tarantula": "spider",
    "black widow": "spider",
    "lesser panda": "red panda",
    "pop bottle": "bottle",
    "beer bottle": "bottle",
    "water jug": "jug",
    "cockroach": "cockroach",
    "projectile": "rocket",
    "freight car": "train",
    "bullet train": "train",
    "remote control": "remote control",
    "European fire salamander": "salamander",
    "lakeside": "lake",
    "pay-phone": "pay phone",
    "alp": "mountain",
    "cliff": "cliff",
    "cliff dwelling": "ruin",
    "lampshade": "lamp",
    "moving van": "truck",
    "barrel": "barrel",
    "koala": "koala",
    "academic gown": "graduation gown",
    "ladybug": "ladybug",
    "miniskirt": "skirt",
    "triumphal arch": "arch",
    "gasmask": "gas mask",
    "frying pan": "frying pan",
    "wok": "frying pan",
    "spiny lobster": "lobster",
    "American lobster": "lobster",
    "police van": "police van",
    "beacon": "lighthouse",
    "iPod": "music player",
    "CD player": "stereo",
    "hog": "pig",
    "cougar": "cougar",
    "cash machine": "cash machine",
    "jinrikisha": "rickshaw",
    "sports car": "car",
    "convertible": "car",
    "beach wagon": "car",
    "limousine": "limousine",
    "suspension bridge": "bridge",
    "steel arch bridge": "bridge",
    "viaduct": "bridge",
    "ice lolly": "popsicle",
    "rugby ball": "rugby ball",
    "refrigerator": "fridge",
    "swimming trunks": "swimming trunks",
    "thatch": "thatched roof",
    "teddy": "teddy bear",
    "barbershop": "barber shop",
    "confectionery": "candy store",
    "trolleybus": "bus",
    "school bus": "bus",
    "brass": "",
    "bighorn": "sheep",
    "American alligator": "alligator",
    "boa constrictor": "snake",
    "walking stick": "",
    "African elephant": "elephant",
    "sea slug": "",
    "sea cucumber": "",
    "brain coral": "coral",
    "coral reef": "coral",
    "pole": "",
    "nail": "",
    "chain": "",
    "reel": "",
    "drumstick": "",
    "plate": "plate of food",
    "potpie": "pie",
    "meat loaf": "meatloaf",
    "mashed potato": "mashed potatoes",
    "magnetic compass": "compass",
    "bannister": "stairs",
    "bathtub": "bathtub",
    "binoculars": "binoculars",
    "comic book": "comic book",
    "bow tie": "bow tie",
    "vestment": "robe",
    "maypole": "",
    "oboe": "",
    "organ": "organ",
    "neck brace": "",
    "punching bag": "punching bag",
    "picket fence": "fence",
    "trilobite": "fossil",
    "dugong": "",
    "snorkel": "snorkel",
    "gondola": "boat",
    "lifeboat": "boat",
    "turnstile": "",
    "abacus": "abacus",
    "flagpole": "flag",
    "ox": "cow",
    "bison": "bison",
    "lion": "lion",
    "fur coat": "fur coat",
    "altar": "altar",
    "mantis": "mantis",
    "grasshopper": "grasshopper",
    "sunglasses": "sunglasses",
}


# General words, each followed by the special words it stands for where none of them is sure enough.
GENERAL_LINES: Final = """
animal: cat, dog, bear, camel, monkey, goose, stork, bird, penguin, frog, salamander, koala, elephant, lion, cougar
animal: sheep, cow, bison, gazelle, pig, snake, alligator, lobster, jellyfish, goldfish, snail, slug, scorpion, spider
animal: butterfly, cockroach, ladybug, bee, fly, dragonfly, grasshopper, mantis, centipede, coral, guinea pig, red panda
food: lemon, orange, banana, pomegranate, pizza, pretzel, guacamole, meatloaf, pie, mushroom, cauliflower, popsicle
food: coffee, bell pepper, mashed potatoes, ice cream, plate of food
vehicle: car, bus, train, truck, limousine, tractor, boat, go-kart, rickshaw, rocket, police van, lawn mower
building: barn, lighthouse, dam, bridge, arch, obelisk, birdhouse, ruin, altar, fountain, water tower, thatched roof
landscape: beach, lake, mountain, cliff
clothes: cardigan, sock, sandal, skirt, sombrero, bikini, apron, kimono, poncho, robe, fur coat, swimming trunks
clothes: military uniform, graduation gown, bow tie
furniture: chair, table, desk, chest, fridge, lamp
"""
GENERAL: Final = {
    special: line.partition(": ")[0]
    for line in GENERAL_LINES.strip().splitlines()
    for special in line.partition(": ")[2].split(", ")
}


def everyday_words(class_name: str) -> tuple[str, ...]:
    """The words of a class given as its comma-separated synonyms, special first; none if it is never said."""
    first = class_name.split(",", maxsplit=1)[0].strip()
    word = EVERYDAY.get(first, first.lower())
    if not word:
        return ()
    return (word, GENERAL[word]) if word in GENERAL else (word,)
