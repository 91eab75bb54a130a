import scrapy


class LocalSpider(scrapy.Spider):
    """Follows the links of an index page and takes the articles: scrapy crawl local -a site=http://..."""

    name = "local"

    def __init__(self, site="http://127.0.0.1:8000/", **kwargs):
        super().__init__(**kwargs)
        self.start_urls = [site]

    def parse(self, response):
        yield from response.follow_all(css="nav a", callback=self.parse_article)

    def parse_article(self, response):
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "text": "\n".join(response.css("article p::text").getall()),
        }
