"""Every term the code names, as plain strings.

The ontology file and this module are checked against each other both ways by a test. Terms are
strings, not RDF library objects, so that importing them costs nothing.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ONTOLOGY: Final = "https://w3id.org/equipoise/ontology"
EQ: Final = f"{ONTOLOGY}#"
ID: Final = "https://w3id.org/equipoise/id/"
DATASET: Final = "https://w3id.org/equipoise/dataset/"
SDG: Final = "http://metadata.un.org/sdg/"
SDGO: Final = "http://metadata.un.org/sdg/ontology#"
SDG_SCHEME: Final = "http://metadata.un.org/sdg"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
PROV: Final = "http://www.w3.org/ns/prov#"
ORG: Final = "http://www.w3.org/ns/org#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SCHEMA: Final = "https://schema.org/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SH: Final = "http://www.w3.org/ns/shacl#"
VOID: Final = "http://rdfs.org/ns/void#"
SD: Final = "http://www.w3.org/ns/sparql-service-description#"

PREFIXES: Final = MappingProxyType(
    {
        "eq": EQ,
        "id": ID,
        "dataset": DATASET,
        "sdg": SDG,
        "sdgo": SDGO,
        "skos": SKOS,
        "dcterms": DCTERMS,
        "dcat": DCAT,
        "prov": PROV,
        "org": ORG,
        "foaf": FOAF,
        "schema": SCHEMA,
        "rdf": RDF,
        "rdfs": RDFS,
        "owl": OWL,
        "xsd": XSD,
        "sh": SH,
    }
)
"""Prefixes that queries may use without declaring them."""

CATALOG_GRAPH: Final = f"{DATASET}catalog"
"""The graph of dataset records; left out of the content hash, since it holds import times."""
ONTOLOGY_GRAPH: Final = f"{DATASET}ontology"

# Classes
PRINCIPLE_FRAMEWORK: Final = f"{EQ}PrincipleFramework"
PRINCIPLE: Final = f"{EQ}Principle"
CASE: Final = f"{EQ}Case"
TECHNOLOGY: Final = f"{EQ}Technology"
LINK: Final = f"{EQ}Link"
SOURCE: Final = f"{EQ}Source"
PARTICIPATION: Final = f"{EQ}Participation"
CLAIM: Final = f"{EQ}Claim"
DOCUMENT: Final = f"{EQ}Document"
EVENT: Final = f"{EQ}Event"
COMMITTEE: Final = f"{EQ}Committee"
COUNTRY_CLASS: Final = f"{EQ}Country"
REGION_CLASS: Final = f"{EQ}Region"
DIRECTNESS_CLASS: Final = f"{EQ}Directness"
REVIEW_STATUS_CLASS: Final = f"{EQ}ReviewStatus"
EVIDENCE_STATUS_CLASS: Final = f"{EQ}EvidenceStatus"
GOAL: Final = f"{SDGO}Goal"
TARGET: Final = f"{SDGO}Target"
INDICATOR: Final = f"{SDGO}Indicator"
ORGANISATION: Final = f"{ORG}Organization"

# Link predicates
SUPPORTS: Final = f"{EQ}supports"
UNDERMINES: Final = f"{EQ}undermines"
UPHOLDS: Final = f"{EQ}upholds"
VIOLATES: Final = f"{EQ}violates"
USES_TECHNOLOGY: Final = f"{EQ}usesTechnology"
RELATES_TO_GOAL: Final = f"{EQ}relatesToGoal"
LINK_PREDICATES: Final = (
    SUPPORTS,
    UNDERMINES,
    UPHOLDS,
    VIOLATES,
    USES_TECHNOLOGY,
    RELATES_TO_GOAL,
)

# Properties of links
DIRECTNESS: Final = f"{EQ}directness"
RATIONALE: Final = f"{EQ}rationale"
CONFIDENCE: Final = f"{EQ}confidence"
REVIEW_STATUS: Final = f"{EQ}reviewStatus"
EVIDENCE_STATUS: Final = f"{EQ}evidenceStatus"
ASSERTED_BY: Final = f"{EQ}assertedBy"
DISPUTED_BY: Final = f"{EQ}disputedBy"
DISPUTE_NOTE: Final = f"{EQ}disputeNote"

# Properties of cases
PARTICIPATION_PROPERTY: Final = f"{EQ}participation"
ORGANISATION_PROPERTY: Final = f"{EQ}organisation"
ROLE: Final = f"{EQ}role"
COUNTRY: Final = f"{EQ}country"
REGION: Final = f"{EQ}region"
START_YEAR: Final = f"{EQ}startYear"
END_YEAR: Final = f"{EQ}endYear"
STATUS: Final = f"{EQ}status"
OUTCOME: Final = f"{EQ}outcome"
VERIFIED: Final = f"{EQ}verified"

# Properties of frameworks, sources, organisations, claims, documents, events
YEAR: Final = f"{EQ}year"
BINDING: Final = f"{EQ}binding"
IS_PIVOT: Final = f"{EQ}isPivot"
PUBLISHER_TYPE: Final = f"{EQ}publisherType"
INCLUDES_PRINCIPLE: Final = f"{EQ}includesPrinciple"
SOURCE_KIND: Final = f"{EQ}sourceKind"
ORGANISATION_TYPE: Final = f"{EQ}organisationType"
ABOUT: Final = f"{EQ}about"
STATEMENT: Final = f"{EQ}statement"
CORRECTS: Final = f"{EQ}corrects"
ESTABLISHED: Final = f"{EQ}established"
PARTICIPANT: Final = f"{EQ}participant"
PRESENTS: Final = f"{EQ}presents"
ISO3: Final = f"{EQ}iso3"
M49: Final = f"{EQ}m49"
CUSTODIAN: Final = f"{EQ}custodian"
TIER: Final = f"{EQ}tier"
CONTENT_HASH: Final = f"{EQ}contentHash"
TRIPLE_COUNT: Final = f"{EQ}tripleCount"

# Individuals
DIRECT: Final = f"{EQ}Direct"
INDIRECT: Final = f"{EQ}Indirect"
PROPOSED: Final = f"{EQ}Proposed"
ACCEPTED: Final = f"{EQ}Accepted"
REJECTED: Final = f"{EQ}Rejected"
CONFIRMED: Final = f"{EQ}Confirmed"
SELF_REPORTED: Final = f"{EQ}SelfReported"
ALLEGED: Final = f"{EQ}Alleged"
UNVERIFIED: Final = f"{EQ}Unverified"

# Reused terms
TYPE: Final = f"{RDF}type"
SUBJECT: Final = f"{RDF}subject"
PREDICATE: Final = f"{RDF}predicate"
OBJECT: Final = f"{RDF}object"
LABEL: Final = f"{RDFS}label"
PREF_LABEL: Final = f"{SKOS}prefLabel"
ALT_LABEL: Final = f"{SKOS}altLabel"
HIDDEN_LABEL: Final = f"{SKOS}hiddenLabel"
DEFINITION: Final = f"{SKOS}definition"
NOTATION: Final = f"{SKOS}notation"
BROADER: Final = f"{SKOS}broader"
IN_SCHEME: Final = f"{SKOS}inScheme"
EDITORIAL_NOTE: Final = f"{SKOS}editorialNote"
EXACT_MATCH: Final = f"{SKOS}exactMatch"
CLOSE_MATCH: Final = f"{SKOS}closeMatch"
BROAD_MATCH: Final = f"{SKOS}broadMatch"
NARROW_MATCH: Final = f"{SKOS}narrowMatch"
RELATED_MATCH: Final = f"{SKOS}relatedMatch"
CONCEPT: Final = f"{SKOS}Concept"
CONCEPT_SCHEME: Final = f"{SKOS}ConceptScheme"
TITLE: Final = f"{DCTERMS}title"
DESCRIPTION: Final = f"{DCTERMS}description"
IDENTIFIER: Final = f"{DCTERMS}identifier"
PUBLISHER: Final = f"{DCTERMS}publisher"
DCT_SOURCE: Final = f"{DCTERMS}source"
LICENSE: Final = f"{DCTERMS}license"
CREATED: Final = f"{DCTERMS}created"
ISSUED: Final = f"{DCTERMS}issued"
DCAT_DATASET: Final = f"{DCAT}Dataset"
VERSION: Final = f"{DCAT}version"
ATTRIBUTED_TO: Final = f"{PROV}wasAttributedTo"
URL: Final = f"{SCHEMA}url"
COLOR: Final = f"{SCHEMA}color"

PIVOT_FRAMEWORK: Final = f"{ID}framework/pivot"
TECHNOLOGY_SCHEME: Final = f"{ID}scheme/technology"
EDITORS: Final = f"{ID}organisation/equipoise-editors"
